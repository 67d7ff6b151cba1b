package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tidewatch/tidewatch"
)

// The exit statuses. docs/cli.md holds the same table.
const (
	exitOK          = 0
	exitInternal    = 1   // a defect of Tidewatch
	exitUsage       = 2   // a flag or option that cannot be
	exitInput       = 3   // a file or row that cannot be read or understood
	exitData        = 4   // data that cannot support the answer asked for
	exitOutput      = 5   // a file or folder that cannot be written
	exitModel       = 6   // a saved model that cannot be read
	exitInterrupted = 130 // Ctrl-C, as shells count it
)

func exitStatus(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	switch tidewatch.CodeOf(err) {
	case "":
		return exitOK
	case tidewatch.CodeUsage:
		return exitUsage
	case tidewatch.CodeInput:
		return exitInput
	case tidewatch.CodeData, tidewatch.CodeTooShort, tidewatch.CodeNumeric:
		return exitData
	case tidewatch.CodeOutput:
		return exitOutput
	case tidewatch.CodeModel:
		return exitModel
	}
	return exitInternal
}

// complain says what went wrong, for a person.
func complain(w io.Writer, err error) {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "tidewatch: interrupted; nothing was written")
		return
	}
	fmt.Fprintf(w, "tidewatch: %v\n", err)
	if tidewatch.CodeOf(err) == tidewatch.CodeInternal {
		fmt.Fprintln(w, "This is a defect of Tidewatch: please report it with the command and the output of 'tidewatch version'.")
	}
}
