package query

import (
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	for path, want := range map[string]string{"postgres://ann:secret@host/db?sslmode=disable": "postgres://ann@host/db?sslmode=disable", "postgresql:///db?host=/tmp&password=secret": "postgresql:///db?host=%2Ftmp",
		"mysql://ann:secret@host:3307/db": "mysql://ann@host:3307/db", "orders.csv": "orders.csv", "postgres://a:secret%zz@h/d": "postgres://..."} {
		if got := Shown(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestMySQLAddress(t *testing.T) {
	for path, want := range map[string]string{"mysql://ann:p%40ss@host/db": "ann:p@ss@tcp(host:3306)/db?parseTime=true", "mysql://host:3307/db": "@tcp(host:3307)/db?parseTime=true",
		"mysql://ann@localhost/db?socket=/run/mysqld/mysqld.sock": "ann@unix(/run/mysqld/mysqld.sock)/db?parseTime=true"} {
		driver, name, err := dataSource(path)
		if driver != "mysql" || strings.TrimPrefix(name, "@") != strings.TrimPrefix(want, "@") || err != nil {
			t.Errorf("%s: %s %s %v", path, driver, name, err)
		}
	}
}

// TestErrorsHoldNoPassword: not even of an address that is not understood.
func TestErrorsHoldNoPassword(t *testing.T) {
	for _, path := range []string{"postgres://ann:secret@127.0.0.1:1/db?connect_timeout=1", "mysql://ann:secret@127.0.0.1:1/db", "postgres://ann:secret@ho st/db", "mysql://ann:secret%zz@host/db"} {
		if _, err := Stream(t.Context(), path, "select 1"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Stream(t.Context(), "postgres://host/db", " "); err == nil || !strings.Contains(err.Error(), "--query") {
		t.Error(err)
	}
}
