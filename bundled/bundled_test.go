package bundled

import (
	"math"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/read"
)

// TestOnlineRetailIsComplete: the rows and the money are those of the original (UCI 352).
func TestOnlineRetailIsComplete(t *testing.T) {
	in, err := read.OpenSources(t.Context(), []read.Source{OnlineRetail()}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, total := 0, 0.0
	err = in.Read(t.Context(), []read.Field{{Role: read.Quantity, Kind: read.Number, Required: true}, {Role: read.Price, Kind: read.Number, Required: true}}, func(b *read.Batch) error {
		rows += b.Rows
		for i, q := range b.Columns[0].Numbers {
			total += q * b.Columns[1].Numbers[i]
		}
		return nil
	})
	if err != nil || rows != 541_909 || math.Abs(total-9_747_747.93) > 0.01 || in.Counts().Refused != 0 {
		t.Errorf("%d rows, %.2f in total, %+v, %v", rows, total, in.Counts(), err)
	}
	if !strings.Contains(Notice(), "CC BY 4.0") {
		t.Error("the licence is not named")
	}
}
