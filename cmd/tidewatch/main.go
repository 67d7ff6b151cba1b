// Command tidewatch forecasts what a market will want from a platform's own records, and says how sure it is.
//
// It holds flags and wiring only: package job does the work.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], console{os.Stdin, os.Stdout, os.Stderr}))
}

// console is where the program reads and writes when it is not told of a file.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// run runs one command line and returns its exit status.
func run(ctx context.Context, args []string, c console) int {
	root := newRoot(c)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		complain(c.err, spoken(args), err)
	}
	return exitStatus(err)
}
