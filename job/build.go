package job

import (
	"runtime"
	"runtime/debug"
)

// Build says which build of Tidewatch is running.
type Build struct {
	Version string `json:"version"` // of the module, such as v0.1.0; "devel" where it was not built from a release
	Commit  string `json:"commit"`  // revision of the source, with "+changes" after it where there were uncommitted ones; "" if unknown
	Go      string `json:"go"`      // version of Go that compiled it
	System  string `json:"system"`  // operating system and architecture
}

// ThisBuild reads what the Go toolchain stamped into the program.
func ThisBuild() Build {
	b := Build{Version: "devel", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	changes := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changes = "+changes"
			}
		}
	}
	if b.Commit != "" {
		b.Commit += changes
	}
	return b
}
