//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// migrations bring a workspace from version i to i+1. What is released is never changed: a new version is a new line.
var migrations = []string{
	`CREATE TABLE tables (id INTEGER NOT NULL, name VARCHAR NOT NULL, shape VARCHAR NOT NULL, layout VARCHAR NOT NULL, zone VARCHAR NOT NULL,
		rule VARCHAR NOT NULL, key VARCHAR NOT NULL, supersedes VARCHAR NOT NULL);
	CREATE TABLE columns (of INTEGER NOT NULL, position INTEGER NOT NULL, name VARCHAR NOT NULL, role VARCHAR NOT NULL, kind VARCHAR NOT NULL);
	CREATE TABLE imports (id BIGINT NOT NULL, of VARCHAR NOT NULL, file VARCHAR NOT NULL, digest VARCHAR NOT NULL, known TIMESTAMP NOT NULL,
		read BIGINT, refused BIGINT, added BIGINT, changed BIGINT, same BIGINT, conflicts BIGINT, corrected BIGINT, rounded BIGINT,
		first TIMESTAMP, last TIMESTAMP, total BIGINT, snapshot VARCHAR NOT NULL);
	CREATE TABLE people (person BIGINT NOT NULL, sealed BLOB NOT NULL);
	CREATE TABLE superseded (of INTEGER NOT NULL, k1 UBIGINT NOT NULL, k2 UBIGINT NOT NULL, import BIGINT NOT NULL)`,
}

// create makes everything of the newest version, or nothing.
func create(ctx context.Context, s *session) error {
	all := "CREATE TABLE tidewatch (version INTEGER NOT NULL)"
	for _, m := range migrations {
		all += ";\n" + m
	}
	return s.run(ctx, "BEGIN;\n"+all+";\nINSERT INTO tidewatch VALUES ("+strconv.Itoa(len(migrations))+");\nCOMMIT; CHECKPOINT")
}

// version is the version of a workspace.
func version(ctx context.Context, s *session) (int, error) {
	v := 0
	err := s.each(ctx, "SELECT version FROM tidewatch", func(c chunk) error {
		v = int(fixed[int32](c.column(0))[0])
		return nil
	})
	if err == nil && v < 1 || err != nil && strings.Contains(err.Error(), "tidewatch does not exist") {
		return 0, tidewatch.Errorf(tidewatch.CodeInput, "it is a DuckDB database, but no workspace")
	}
	return v, err
}

// migrate brings a workspace from a version to the newest of steps, in one transaction, after a copy was made beside it.
func migrate(ctx context.Context, dir string, from int, steps []string) error {
	path := filepath.Join(dir, database)
	s, err := open(path, true)
	if err != nil {
		return explain(dir, err)
	}
	defer s.close()
	if err := s.run(ctx, "CHECKPOINT"); err != nil { // so that the file is all there is
		return explain(dir, err)
	}
	backup := filepath.Join(dir, fmt.Sprintf("workspace.version%d.duckdb", from))
	if err := copyFile(backup, path); err != nil {
		return tidewatch.Errorf(tidewatch.CodeOutput, "the workspace %s must be brought from version %d to %d, but cannot be copied first: %w", dir, from, len(steps), err)
	}
	sql := "BEGIN;\n"
	for _, m := range steps[from:] {
		sql += m + ";\n"
	}
	return explainNil(dir, s.run(ctx, sql+"UPDATE tidewatch SET version = "+strconv.Itoa(len(steps))+";\nCOMMIT; CHECKPOINT"))
}

func explainNil(dir string, err error) error {
	if err == nil {
		return nil
	}
	return explain(dir, err)
}

// copyFile copies a file under a new name, which appears when all of it is on the disk.
func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it is read
	out, err := os.Create(to + ".new")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(out.Name())
		}
	}()
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
