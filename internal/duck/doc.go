// Package duck keeps workspaces in DuckDB files: it is the one package that needs cgo. Built without, or for a system that DuckDB's
// prebuilt library does not cover, it says so where a workspace is asked for, and everything else works.
package duck
