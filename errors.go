package tidewatch

import (
	"errors"
	"fmt"
)

// Code says what kind of problem an error is, for the command line's exit status, the API and tests to match.
type Code string

// The codes.
const (
	CodeUsage    Code = "usage"    // a flag, option or configuration that cannot be
	CodeInput    Code = "input"    // a file or a row that cannot be read or understood
	CodeData     Code = "data"     // well-formed data that cannot support the answer asked for
	CodeTooShort Code = "short"    // a series with too few known values
	CodeNumeric  Code = "numeric"  // a computation that gave no finite answer
	CodeModel    Code = "model"    // a saved model that cannot be read
	CodeOutput   Code = "output"   // a file or folder that cannot be written
	CodeInternal Code = "internal" // a defect of Tidewatch
)

// Error is an error with a code. Its text says what is wrong, where, and what to do.
type Error struct {
	Code Code
	Err  error
}

// Errorf makes an *Error; format and args are as in fmt.Errorf, %w included.
func Errorf(code Code, format string, args ...any) error {
	return &Error{code, fmt.Errorf(format, args...)}
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the error underneath to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the first *Error in err's chain, CodeInternal if there is none, "" if err is nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Problem is what went wrong with one series, while the others went on.
type Problem struct {
	ID     string `json:"id"`
	Code   Code   `json:"code"`
	Reason string `json:"reason"`
	Method string `json:"method"` // the simpler method that forecast it instead; "" where nothing could: the series has no forecast
}
