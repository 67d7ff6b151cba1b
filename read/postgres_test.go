package read

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read/query"
)

// postgres starts a server of its own on a socket in a folder of its own, and gives its address.
func postgres(t *testing.T) string {
	t.Helper()
	if os.Getenv("TIDEWATCH_LONG") == "" {
		t.Skip("starts a server: set TIDEWATCH_LONG=1")
	}
	bin := ""
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/local/bin", "/usr/bin"} {
		dirs, _ := filepath.Glob(pattern)
		slices.Sort(dirs)
		for _, d := range dirs {
			if _, err := os.Stat(filepath.Join(d, "initdb")); err == nil && bin == "" {
				bin = d
			}
		}
	}
	if bin == "" || runtime.GOOS != "linux" {
		t.Skip("PostgreSQL is not installed")
	}
	dir, err := os.MkdirTemp("", "tw-pg") // short: a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	attr := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // PostgreSQL refuses to be run by root
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				t.Skip("no user to run PostgreSQL as")
			}
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.SysProcAttr, cmd.Dir = attr, dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + dir}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	run("initdb", "-D", data, "-A", "trust", "-U", "shop", "-E", "UTF8", "--no-sync")
	run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", filepath.Join(dir, "log"), "-o", "-k "+dir+" -c listen_addresses='' -c fsync=off", "start")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "stop") })
	return "postgres://shop@/postgres?host=" + dir
}

// TestPostgres: what a query answers is read as a file is: types of all kinds, blanks, refusals, and an end to a query that is cancelled.
func TestPostgres(t *testing.T) {
	at := postgres(t)
	ask := func(sql string, opt Options) (*Input, error) {
		opt.Query = sql
		return Open(t.Context(), []string{at}, opt)
	}
	rows := `(values (1, timestamptz '2024-01-05 08:26:30.5+08', 'A1', 2::smallint, 10.50::numeric, 'ann', null::date), (2, '2024-01-06 00:00+08', 'B,"2', null, 3, null, date '2024-01-07')) as o(order_id, ordered_at, sku, quantity, price, customer, cancelled_at)`
	in, err := ask("select * from "+rows+" order by 1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var rejects []Reject
	in.opt.Rejects = func(r Reject) { rejects = append(rejects, r) }
	if got := rowsByRole(t, in); !slices.Equal(got, []string{` A1 1 10.5 2 2024-01-05T00:26 ann`, `2024-01-07 B,"2 2 3 NaN 2024-01-05T16:00 `}) || len(rejects) > 0 {
		t.Errorf("%q %v", got, rejects)
	}
	if r := in.Recognised(); r.Layout != "orders" || in.Digest() == "" || strings.Contains(r.String(), "\n\n") {
		t.Errorf("%v", r)
	}
	in, err = ask("select timestamp '2000-01-01' + i * interval '1 hour' as time, 'n' || i % 3 as id, i::float8 / 4 as value from generate_series(0, 199999) i order by 1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, sum := 0, 0.0
	err = in.Read(t.Context(), seriesFields, func(b *Batch) error {
		n += b.Rows
		for _, v := range b.Columns[2].Numbers {
			sum += v
		}
		return nil
	})
	if err != nil || n != 200_000 || sum != 199999.0*200000/8 {
		t.Errorf("%d rows, sum %g: %v", n, sum, err)
	}
	for sql, want := range map[string]string{"selekt 1": "syntax error", "select 1 as a, 2 as b where false": "no row below it", "create table x (a int)": "read-only", "select * from nosuch": "nosuch"} {
		if _, err := ask(sql, Options{}); tidewatch.CodeOf(err) != tidewatch.CodeInput || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	r, err := query.Stream(t.Context(), at, "select i, pg_sleep(0.01) from generate_series(1, 1000000) i")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 5)); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil { // at once, not after hours
		t.Error(err)
	}
}
