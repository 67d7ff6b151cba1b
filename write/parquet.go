package write

import (
	"io"
	"reflect"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/tidewatch/tidewatch"
)

// forecastParquet writes the same columns as CSV: id is a string, time a time stamp in microseconds, the rest are doubles. A time is
// a wall clock without a zone, save on an hourly grid of a zone other than UTC, where it is an instant.
func forecastParquet(w io.Writer, f *tidewatch.Forecast) error {
	instants := TimeLayout(f.Grid) == offsetLayout
	out := parquet.NewWriter(w, forecastSchema(f.Levels, instants), parquet.Compression(&zstd.Codec{}),
		parquet.MaxRowsPerRowGroup(1<<20), parquet.CreatedBy("tidewatch", "", ""))
	micros := func(i int) int64 {
		t := f.Grid.Stamp(i)
		if !instants {
			y, m, d := t.Date()
			t = time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		}
		return t.UnixMicro()
	}
	rows := make([]parquet.Row, f.Steps)
	for k := range f.Rows {
		row := &f.Rows[k]
		if row.Abstains() {
			continue
		}
		for h := range f.Steps {
			r := append(rows[h][:0],
				parquet.ValueOf(row.ID).Level(0, 0, 0),
				parquet.ValueOf(micros(row.First+h)).Level(0, 0, 1),
				parquet.ValueOf(round(row.Mean[h])).Level(0, 0, 2))
			for l, v := range f.At(k, h) {
				r = append(r, parquet.ValueOf(round(v)).Level(0, 0, 3+l))
			}
			rows[h] = r
		}
		if _, err := out.WriteRows(rows); err != nil {
			return err
		}
	}
	return out.Close()
}

// forecastSchema is a struct type made for the levels, because only structs keep the order of their columns.
func forecastSchema(levels []float64, instants bool) *parquet.Schema {
	stamp := `parquet:"time,timestamp(microsecond:local)"`
	if instants {
		stamp = `parquet:"time,timestamp(microsecond:utc)"`
	}
	fields := []reflect.StructField{
		{Name: "ID", Type: reflect.TypeFor[string](), Tag: `parquet:"id"`},
		{Name: "Time", Type: reflect.TypeFor[int64](), Tag: reflect.StructTag(stamp)},
		{Name: "Mean", Type: reflect.TypeFor[float64](), Tag: `parquet:"mean"`},
	}
	for l, q := range levels {
		fields = append(fields, reflect.StructField{
			Name: "Q" + string(rune('A'+l/26)) + string(rune('A'+l%26)),
			Type: reflect.TypeFor[float64](),
			Tag:  reflect.StructTag(`parquet:"` + LevelName(q) + `"`),
		})
	}
	return parquet.NewSchema("forecast", parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}
