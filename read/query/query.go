// Package query streams what a database answers to a query as CSV: a header, then a line a row.
package query

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of PostgreSQL

	"github.com/tidewatch/tidewatch"
)

// Is reports whether a path names a database: postgres://user@host/database, or mysql:// likewise.
func Is(path string) bool {
	return strings.HasPrefix(path, "postgres://") || strings.HasPrefix(path, "postgresql://") || strings.HasPrefix(path, "mysql://")
}

// Shown is the path of a database without its password, for people and records.
func Shown(path string) string {
	if !Is(path) {
		return path
	}
	u, err := url.Parse(path)
	if err != nil {
		scheme, _, _ := strings.Cut(path, "://")
		return scheme + "://..."
	}
	if _, secret := u.User.Password(); secret {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	return u.String()
}

// Stream runs the query in a transaction that can only read, and gives the rows as they come. Closing it ends the query. Errors name the
// database and never hold its password.
func Stream(ctx context.Context, path, query string) (io.ReadCloser, error) {
	fail := func(err error) error {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: %s", Shown(path), strings.ReplaceAll(err.Error(), path, Shown(path)))
	}
	if strings.TrimSpace(query) == "" {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s is a database: say what to read from it with --query, such as --query 'select ordered_at, sku, quantity, price, order_id from orders'", Shown(path))
	}
	driver, name, err := dataSource(path)
	if err != nil {
		return nil, fail(err)
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, fail(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &stream{cancel: cancel, db: db, done: make(chan struct{})}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		s.end()
		return nil, fail(err)
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		s.end()
		return nil, fail(err)
	}
	var w *io.PipeWriter
	s.PipeReader, w = io.Pipe()
	go func() {
		defer close(s.done)
		err := write(w, rows)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			err = fail(err)
		}
		_ = rows.Close()
		_ = tx.Rollback() // it has read only
		_ = w.CloseWithError(err)
	}()
	return s, nil
}

// stream is the reading end.
type stream struct {
	*io.PipeReader
	cancel context.CancelFunc
	db     *sql.DB
	done   chan struct{}
}

func (s *stream) end() {
	s.cancel()
	_ = s.db.Close()
}

// Close ends the query.
func (s *stream) Close() error {
	_ = s.PipeReader.Close()
	s.cancel()
	<-s.done
	return s.db.Close()
}

// dataSource is the driver and its name of a database.
func dataSource(path string) (driver, name string, err error) {
	if !strings.HasPrefix(path, "mysql://") {
		return "pgx", path, nil
	}
	u, err := url.Parse(path)
	if err != nil {
		return "", "", errors.New("the address is not understood: write mysql://user:password@host:3306/database")
	}
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr = "tcp", u.Host
	if u.Port() == "" {
		c.Addr += ":3306"
	}
	if socket := u.Query().Get("socket"); socket != "" {
		c.Net, c.Addr = "unix", socket
	}
	c.DBName = strings.TrimPrefix(u.Path, "/")
	c.ParseTime = true
	return "mysql", c.FormatDSN(), nil
}

// write writes the rows as CSV.
func write(w io.Writer, rows *sql.Rows) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(names); err != nil {
		return err
	}
	values, cells, record := make([]any, len(names)), make([]any, len(names)), make([]string, len(names))
	for i := range values {
		cells[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		for i, v := range values {
			record[i] = text(v)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	if err := rows.Err(); err != nil {
		return err
	}
	return out.Error()
}

// text is one value as a CSV file has it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case string:
		return v
	case time.Time:
		return stamp(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32)
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return fmt.Sprint(v)
}

// stamp is a time: a moment with its offset, a wall clock's or a date, which drivers give in UTC, without.
func stamp(t time.Time) string {
	switch {
	case t.Location() != time.UTC:
		return t.Format("2006-01-02T15:04:05.999999Z07:00")
	case t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0:
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04:05.999999")
}
