package tidewatch

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"naive", "snaive", "drift", "horizon", "InvoiceDate", "h"}
	for name, want := range map[string]string{
		"snaiv": "snaive", "Naive": "naive", "hroizon": "horizon", "horiz": "horizon", "invoicedata": "InvoiceDate", "theta": "", "": "", "xy": "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("nearest to %q is %q, not %q", name, got, want)
		}
	}
}
