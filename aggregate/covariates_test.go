package aggregate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/read"
)

const threeDays = `id,time,value
a,2024-01-01,1
a,2024-01-02,2
a,2024-01-03,3
b,2024-01-02,5
b,2024-01-03,6
`

// covariate lists what series i sees of covariate c at the grid's indices 0 to 5.
func covariate(t *testing.T, c Config, name string) string {
	t.Helper()
	p, s, _ := build(t, threeDays, read.Options{}, c)
	var b strings.Builder
	for k, cov := range p.Covariates() {
		if cov.Name != name {
			continue
		}
		for i := range p.Len() {
			fmt.Fprintf(&b, "%s:", p.ID(i))
			for at := range 6 {
				if v := p.Series(i).Covariate(k, at); math.IsNaN(v) {
					b.WriteString(" ?")
				} else if cov.Labels != nil {
					b.WriteString(" " + cov.Labels[int(v)])
				} else {
					fmt.Fprintf(&b, " %g", v)
				}
			}
			b.WriteByte('\n')
		}
	}
	for _, n := range s.Notes {
		b.WriteString("note: " + n.String() + "\n")
	}
	return b.String()
}

func table(t *testing.T, text string) (*read.Input, *[]read.Reject) {
	return open(t, text, read.Options{Layout: string(read.Table)})
}

func TestKnownByTime(t *testing.T) {
	in, rejects := table(t, "time,holiday,kind\n2024-01-02,1,x\n2024-01-04,0,y\n2024-01-05,0.5,\n2024-01-05,9,z\n")
	expect(t, covariate(t, Config{Known: in}, "holiday"), "a: ? 1 ? 0 0.5 ?\nb: ? 1 ? 0 0.5 ?\n")
	if len(*rejects) != 1 || (*rejects)[0].Line != 5 {
		t.Errorf("%v", *rejects)
	}
	in, _ = table(t, "time,holiday,kind\n2024-01-02,1,x\n2024-01-04,0,y\n2024-01-05,0.5,\n")
	expect(t, covariate(t, Config{Known: in}, "kind"), "a: ? x ? y ? ?\nb: ? x ? y ? ?\n")
}

func TestKnownByIDAndTime(t *testing.T) {
	in, _ := table(t, "time,id,price\n2024-01-06,b,7\n2024-01-01,a,1\n2024-01-03,a,3\n2024-01-03,c,3\n2024-01-05,b,5\n")
	expect(t, covariate(t, Config{Known: in}, "price"), "a: 1 ? 3 ? ? ?\nb: ? ? ? ? 5 7\nnote: 1 row of the known file is of series that are not in the panel\n")
}

// TestKnownFinerThanTheGrid: hours of a day are averaged.
func TestKnownFinerThanTheGrid(t *testing.T) {
	in, rejects := table(t, "time,degrees\n2024-01-01 00:00,10\n2024-01-01 12:00,20\n2024-01-02 12:00,5\n")
	expect(t, covariate(t, Config{Known: in}, "degrees"), "a: 15 5 ? ? ? ?\nb: 15 5 ? ? ? ?\n")
	if len(*rejects) > 0 {
		t.Errorf("%v", *rejects)
	}
}

func TestStatic(t *testing.T) {
	in, rejects := table(t, "id,brand,size\nb,Acme,3\nb,Other,4\nz,Acme,1\n")
	expect(t, covariate(t, Config{Static: in}, "brand"), `a: ? ? ? ? ? ?
b: Acme Acme Acme Acme Acme Acme
note: 1 of 2 series are not in the static file: its columns are unknown for them
note: 1 row of the static file is of series that are not in the panel
`)
	if len(*rejects) != 1 || (*rejects)[0].Line != 3 {
		t.Errorf("%v", *rejects)
	}
}

func TestCovariateFilesThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]func() Config{
		"no columns": func() Config { in, _ := table(t, "id,time\na,2024-01-01\n"); return Config{Known: in} },
		"no id":      func() Config { in, _ := table(t, "brand,size\na,1\n"); return Config{Static: in} },
		"twice": func() Config {
			known, _ := table(t, "time,x\n2024-01-01,1\n")
			static, _ := table(t, "id,x\na,1\n")
			return Config{Known: known, Static: static}
		},
	} {
		in, _ := open(t, threeDays, read.Options{})
		if _, _, err := Build(t.Context(), in, c()); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(err)
		}
	}
}
