//go:build !(cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64)))

package duck

import (
	"context"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/store"
)

// Available reports whether this program can keep workspaces.
const Available = false

var errWithout = tidewatch.Errorf(tidewatch.CodeUsage, "this build of tidewatch keeps no workspaces: it was built without cgo, which DuckDB needs; use a build with it (CGO_ENABLED=1 go build, on Linux, macOS or Windows), or forecast files with --in")

// Init is an error that says that this build keeps no workspaces.
func Init(context.Context, string) error { return errWithout }

// Open is an error that says that this build keeps no workspaces.
func Open(context.Context, string, bool) (store.Store, error) { return nil, errWithout }
