package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
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

// complain says what went wrong, for a person: what kind of mistake it is // in the language of the command line; what exactly is said in English.
func complain(w io.Writer, l message.Lang, err error) {
	if stopped := (*job.Interrupted)(nil); errors.As(err, &stopped) {
		fmt.Fprintln(w, "tidewatch:", l.Say("error.unfinished", stopped.Folder))
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "tidewatch:", l.Say("error.interrupted"))
		return
	}
	code := tidewatch.CodeOf(err)
	fmt.Fprintln(w, l.Say("error."+string(code), err))
	if code == tidewatch.CodeInternal {
		fmt.Fprintln(w, l.Say("error.defect"))
	}
}

// spoken is the language that the command line asks for, as far as it can be told when something is wrong with it.
func spoken(args []string) message.Lang {
	asked := ""
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			asked = v
		} else if a == "--lang" && i+1 < len(args) {
			asked = args[i+1]
		}
	}
	l, err := language(asked)
	if err != nil {
		return message.English
	}
	return l
}
