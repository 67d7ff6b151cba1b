package read

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rowsByRole shows each row as role=text of all roles, in order of their names.
func rowsByRole(t *testing.T, in *Input) []string {
	t.Helper()
	var fields []Field
	for _, r := range in.Roles() {
		kind := Text
		switch r {
		case Time:
			kind = Moment
		case Quantity, Price, Amount, Value:
			kind = Number
		}
		fields = append(fields, Field{Role: r, Kind: kind})
	}
	var out []string
	err := in.Read(t.Context(), fields, func(b *Batch) error {
		for i := range b.Rows {
			var row []string
			for k, f := range fields {
				c := b.Columns[k]
				switch f.Kind {
				case Moment:
					row = append(row, time.UnixMicro(c.Times[i]).UTC().Format("2006-01-02T15:04"))
				case Number:
					row = append(row, fmt.Sprint(c.Numbers[i]))
				default:
					row = append(row, c.Dict[c.Codes[i]])
				}
			}
			out = append(out, strings.Join(row, " "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLayoutSamples: a small file with the documented header of every known layout is recognised without help, and its rows mean what
// they should.
func TestLayoutSamples(t *testing.T) {
	for _, c := range []struct {
		file, layout, encoding, roles string
		rows                          []string
	}{
		{"retailrocket.csv", "retailrocket", "UTF-8", "behaviour item order time user", []string{"view 355908  2015-06-02T05:02 257597", "addtocart 248676  2015-06-02T05:50 992329", "transaction 318965 4000 2015-06-02T05:13 111016"}},
		{"yoochoose-clicks.dat", "yoochoose-clicks", "UTF-8", "behaviour category item time user", []string{"view 0 214536502 2014-04-07T10:51 1", "view 0 214536500 2014-04-07T10:54 1", "view S 214662742 2014-04-07T13:56 2"}},
		{"yoochoose-buys.dat", "yoochoose-buys", "UTF-8", "behaviour item price quantity time user", []string{"buy 214537888 12462 1 2014-04-06T18:44 420374", "buy 214537850 10471 2 2014-04-06T18:44 420374"}},
		{"diginetica-views.csv", "diginetica-views", "UTF-8", "behaviour item time user", []string{"view 81766 2016-05-09T00:00 1", "view 31331 2016-05-09T00:00 1"}},
		{"diginetica-purchases.csv", "diginetica-purchases", "UTF-8", "behaviour item order time user", []string{"buy 25911 16421 2016-05-06T00:00 150"}},
		{"shopify.csv", "shopify", "UTF-8", "cancelled country currency item order price quantity status time user", []string{" US USD MUG-B #1001 10 2 paid 2024-01-05T15:00 ann@example.com", "   PLATE #1001 25 1  2024-01-05T15:00 ann@example.com",
			"2024-01-06 12:00:00 -0500 US USD MUG-B #1002 10 1 voided 2024-01-06T16:00 bob@example.com", "   PLATE #1002 25 3  2024-01-06T16:00 bob@example.com"}},
		{"woocommerce.csv", "woocommerce", "UTF-8", "amount country currency item order quantity status time user", []string{"36 DE EUR TS-M 7001 3 completed 2024-02-01T08:15 cara@example.com", "12 DE EUR TS-M 7002 1 cancelled 2024-02-02T09:00 dan@example.com"}},
		{"woocommerce-advanced.csv", "woocommerce-advanced", "UTF-8", "country item order price quantity status time user", []string{"FR CAP-1 88 15 2 Completed 2024-03-01T12:30 eve@example.com", "FR CAP-1 89 15 1 Refunded 2024-03-02T12:30 fay@example.com"}},
		{"woocommerce-analytics.csv", "woocommerce-analytics", "UTF-8", "amount order quantity status time user", []string{"30 88 2 completed 2024-03-01T12:30 Eve Ex", "25 89 2 completed 2024-03-02T12:30 Fay Ex"}},
		{"taobao-orders.csv", "taobao-orders", "GB18030", "amount item order quantity status store time user", []string{"59 纯棉白色T恤 1234567890123456701 1 交易成功 观潮服饰 2024-05-01T10:20 小鱼儿",
			"118 纯棉白色T恤 1234567890123456702 2 卖家已发货，等待买家确认 观潮服饰 2024-05-02T11:00 花无缺", "0 纯棉白色T恤 1234567890123456703 1 交易关闭 观潮服饰 2024-05-02T12:00 江别鹤"}},
		{"taobao-order-lines.csv", "taobao-order-lines", "GB18030", "amount item key order price quantity status store time user", []string{"99 DRESS-R 3001 3000 99 1 交易成功/没有申请退款 观潮服饰 2024-06-01T09:00 小鱼儿", "40 SCARF-B 3002 3000 20 2 交易成功/退款成功 观潮服饰 2024-06-01T09:00 小鱼儿"}},
		{"jd-orders.csv", "jd-orders", "GB18030", "item order price quantity status time user", []string{"100012043978 260001 299 1 完成 2024-07-01T20:00 jd_abc", "100012043978 260002 299 2 (删除)等待付款 2024-07-02T21:00 jd_def"}},
		{"pinduoduo-orders.csv", "pinduoduo-orders", "GB18030", "amount country item order quantity status time", []string{"28.9 浙江省 55501 240801-111 1 已发货，待签收/无售后或售后取消 2024-08-01T08:00", "59.8 江苏省 55501 240801-112 2 已发货，退款成功/退款成功 2024-08-01T09:00"}},
		{"ga4.jsonl", "ga4", "UTF-8", "behaviour category country item order price quantity time user", []string{"page_view  United States   NaN NaN 2021-01-31T05:05 1011.1",
			"view_item Drinkware United States 9180  12 NaN 2021-01-31T05:05 1011.1", "purchase Drinkware United States 9180 T1 12 2 2021-01-31T05:07 1011.1", "purchase Office United States 9190 T1 1.5 4 2021-01-31T05:07 1011.1"}},
		{"nixtla.csv", "nixtla", "UTF-8", "id time value", []string{"A 2024-01-01T00:00 1", "A 2024-01-02T00:00 2", "B 2024-01-01T00:00 3"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			in, err := Open(t.Context(), []string{filepath.Join("testdata", "layouts", c.file)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := in.Recognised()
			var roles []string
			for _, role := range in.Roles() {
				roles = append(roles, string(role))
			}
			if r.Layout != c.layout || r.Files[0].Encoding != c.encoding || strings.Join(roles, " ") != c.roles {
				t.Errorf("layout %s, encoding %s, roles %s", r.Layout, r.Files[0].Encoding, roles)
			}
			if got := rowsByRole(t, in); !slices.Equal(got, c.rows) {
				t.Errorf("got\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(c.rows, "\n"))
			}
		})
	}
}

// TestFamily: clicks and buys are read together; a stranger among them is an error.
func TestFamily(t *testing.T) {
	dir := filepath.Join("testdata", "layouts")
	in, err := Open(t.Context(), []string{filepath.Join(dir, "yoochoose-buys.dat"), filepath.Join(dir, "yoochoose-clicks.dat")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	err = in.Read(t.Context(), []Field{{Role: Time, Kind: Moment}, {Role: Behaviour, Kind: Text}, {Role: Quantity, Kind: Number}}, func(b *Batch) error {
		c := b.Columns[1]
		for _, code := range c.Codes {
			n[c.Dict[code]]++
		}
		if (b.File == 0) != (b.Columns[2].Numbers != nil) {
			t.Error("quantities")
		}
		return nil
	})
	if err != nil || n["view"] != 3 || n["buy"] != 2 {
		t.Errorf("%v, %v", n, err)
	}
	if _, err := Open(t.Context(), []string{filepath.Join(dir, "yoochoose-buys.dat"), filepath.Join(dir, "retailrocket.csv")}, Options{}); !strings.Contains(fmt.Sprint(err), "read them one by one") {
		t.Error(err)
	}
}

// TestRowFolders: the lines of orders find when, by whom and in what state they were ordered in the tables beside them.
func TestRowFolders(t *testing.T) {
	for _, c := range []struct {
		dir, layout string
		refused     int64
		rows        []string
	}{
		{"olist", "olist", 1, []string{"utilidades_domesticas SP p1 o1 29.99 delivered s1 2017-10-02T10:56 u1", "utilidades_domesticas SP p1 o1 29.99 delivered s1 2017-10-02T10:56 u1",
			"perfumaria BA p2 o2 118.7 canceled s2 2017-10-03T20:41 u2", "perfumaria SP p2 o3 118.7 delivered s2 2017-10-04T08:38 u1"}},
		{"taobao-folder", "taobao-orders", 0, []string{"139 DRESS 8001 99 1 交易成功 观潮 2024-06-01T09:00 小鱼儿", "139 SCARF 8001 20 2 交易成功 观潮 2024-06-01T09:00 小鱼儿", "0 SCARF 8002 20 1 交易关闭 观潮 2024-06-02T09:00 花无缺"}},
	} {
		found, ok, err := FindFolder([]string{filepath.Join("testdata", "layouts", c.dir)}, "")
		if err != nil || !ok || !found.HasRows() {
			t.Fatalf("%s: %v", c.dir, err)
		}
		var rejects []Reject
		in, err := OpenFolder(t.Context(), found, Options{Rejects: func(r Reject) { rejects = append(rejects, r) }})
		if err != nil {
			t.Fatal(err)
		}
		if got := rowsByRole(t, in); !slices.Equal(got, c.rows) {
			t.Errorf("%s: got\n%s\nnot\n%s\n%v", c.dir, strings.Join(got, "\n"), strings.Join(c.rows, "\n"), in.Recognised())
		}
		if in.Counts().Refused != c.refused || int64(len(rejects)) != c.refused || in.Digest() == "" || in.Recognised().Layout != c.layout {
			t.Errorf("%s: %+v %v %s", c.dir, in.Counts(), rejects, in.Digest())
		}
		n := 0
		if err := in.Read(t.Context(), []Field{{Columns: []string{"country", "item"}, Kind: Text, Join: "|"}}, func(b *Batch) error { n += b.Rows; return nil }); c.dir == "olist" && (err != nil || n != 5) {
			t.Errorf("%d rows, %v", n, err)
		}
	}
	if _, err := Open(t.Context(), []string{filepath.Join("testdata", "layouts", "olist", "olist_order_items_dataset.csv")}, Options{}); !strings.Contains(fmt.Sprint(err), "--in FOLDER") {
		t.Error(err)
	}
}

// TestCancelledStatus: what a status in any of the exports' words means.
func TestCancelledStatus(t *testing.T) {
	for status, want := range map[string]bool{"paid": false, "refunded": true, "Cancelled": true, "wc-cancelled": true, "交易成功": false, "交易关闭": true, "已发货，退款成功": true, "未发货，退款成功/退款成功": true,
		"已发货，待签收/无售后或售后取消": false, "(删除)等待付款": true, "等待买家付款": true, "完成": false, "部分退款成功": false, "": false, "partially_refunded": false} {
		if IsCancelled(status) != want {
			t.Errorf("%q: %v", status, !want)
		}
	}
}
