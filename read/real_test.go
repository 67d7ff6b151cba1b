package read

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealFiles: public data sets are recognised without a word of help, and their rows counted.
func TestRealFiles(t *testing.T) {
	data := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("needs ../shared/data: ", err)
	}
	for _, c := range []struct {
		file, layout, format string
		rows, refused        int64
		roles                string
	}{
		{"orders/online_retail/online_retail_2010-12_2011-12.csv.zst", "online-retail", "year-month-day", 541909, 0, "country=Country item=StockCode order=InvoiceNo price=UnitPrice quantity=Quantity time=InvoiceDate user=CustomerID"},
		{"orders/cdnow/CDNOW_master.txt.zst", "cdnow", "yyyymmdd", 69659, 0, "amount=dollar_value quantity=number_of_cds time=date user=customer_id"},
		{"orders/completejourney/transactions_sample.csv.zst", "completejourney", "year-month-day", 75000, 0,
			"amount=sales_value discount=retail_disc item=product_id order=basket_id quantity=quantity store=store_id time=transaction_timestamp user=household_id"},
		{"events/taobao/UserBehavior_first_users.csv.zst", "taobao", "unix seconds", 84476, 1, "behaviour=#4 category=#3 item=#2 time=#5 user=#1"}, // the last line is cut
		{"events/rees46_sample/2019-Oct-sample.csv", "rees46", "year-month-day", 1000, 0, "behaviour=event_type category=category_code item=product_id price=price time=event_time user=user_id"},
		{"events/yoochoose_100k/yoochoose-clicks-100k_train_full.txt.zst", "yoochoose", "unix seconds", 70278, 0, "item=ItemId time=Time user=SessionId"},
		{"retail/avocado/avocado.csv.zst", "avocado", "year-month-day", 18249, 0, "id=region/type time=Date value=Total Volume"},
		{"retail/rossmann/train_to_2015-06-19.csv.zst", "rossmann", "year-month-day", 970379, 0, "id=Store time=Date value=Sales"},
	} {
		t.Run(c.layout, func(t *testing.T) {
			in, err := Open(t.Context(), []string{filepath.Join(data, filepath.FromSlash(c.file))}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := in.Recognised()
			var roles []string
			var fields []Field
			for _, p := range r.Files[0].Roles {
				roles = append(roles, string(p.Role)+"="+strings.Join(p.Columns, "/"))
				kind := Text
				switch p.Role {
				case Time:
					kind = Moment
				case Quantity, Price, Amount, Value, Discount:
					kind = Number
				}
				fields = append(fields, Field{Role: p.Role, Kind: kind})
			}
			if got := strings.Join(roles, " "); r.Layout != c.layout || r.Files[0].TimeFormat != c.format || got != c.roles || r.Zone != "UTC" {
				t.Errorf("%v", r)
			}
			if err := in.Read(t.Context(), fields, func(*Batch) error { return nil }); err != nil || in.Counts() != (Counts{c.rows, c.refused}) {
				t.Errorf("%+v: %v", in.Counts(), err)
			}
		})
	}
}

// BenchmarkRead reads delimited text of several shapes.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct{ name, header, row string }{
		{"series", "id,time,value\n", "FOODS_3_827_WI_%d,2016-04-24,%d.0\n"},
		{"quoted", "\"id\",\"time\",\"value\"\n", "\"FOODS_3_827_WI_%d\",\"2016-04-24 10:00:00\",\"%d\"\n"},
	} {
		var text strings.Builder
		text.WriteString(c.header)
		for i := range 500_000 {
			fmt.Fprintf(&text, c.row, i/1000, i%10)
		}
		data := []byte(text.String())
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				in, err := OpenSources(b.Context(), []Source{Bytes("x.csv", data)}, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := in.Read(b.Context(), seriesFields, func(*Batch) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen recognises a file: what every run begins with.
func BenchmarkOpen(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,time,value\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "N%d,2016-04-%02d,%d.5\n", i/100, 1+i%30, i%1000)
	}
	data := []byte(text.String())
	for b.Loop() {
		if _, err := OpenSources(b.Context(), []Source{Bytes("x.csv", data)}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
