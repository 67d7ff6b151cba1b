package main

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tidewatch/tidewatch/internal/duck"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tidewatch": main})
}

// TestScripts runs the command lines of testdata/script and checks what they print, write and return.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"unchanged": unchanged,
		},
		Condition: func(cond string) (bool, error) {
			return cond == "long" && os.Getenv("TIDEWATCH_LONG") != "" || cond == "workspaces" && duck.Available, nil
		},
	})
}
