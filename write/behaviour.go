package write

import (
	"io"
	"strconv"

	"github.com/tidewatch/tidewatch/trend/behaviour"
)

// Steps writes how many went from one step to another, as CSV: by person and item (case = item) and by person, of all the time and of the last two
// windows. What is not known is blank.
func Steps(w io.Writer, f *behaviour.Found) error {
	line := []byte("case,from,to,window,came,went_on,share,low,high\n")
	for _, t := range []struct {
		of   string
		list []behaviour.Passage
	}{{"item", f.Cases}, {"person", f.Visits}} {
		for _, p := range t.list {
			for _, x := range []struct {
				window string
				rate   behaviour.Rate
			}{{"all", p.Whole}, {"before", p.Before}, {"last", p.Now}} {
				line = append(line, t.of+","+p.From.String()+","+p.To.String()+","+x.window+","...)
				line = append(appendRate(line, x.rate), '\n')
			}
		}
	}
	_, err := w.Write(line)
	return err
}

// Retention writes how many of each cohort came back, as CSV.
func Retention(w io.Writer, f *behaviour.Found) error {
	line := []byte("cohort,period,people,back,share,low,high\n")
	for _, c := range f.Cohorts {
		for k, r := range c.Back {
			line = append(line, f.Period.Begin(c.First).Format("2006-01-02")+","+strconv.Itoa(k+1)+","...)
			line = append(appendRate(line, r), '\n')
		}
	}
	_, err := w.Write(line)
	return err
}

// Repeat writes how many bought again within some days, as CSV: of all, and by halves of the time.
func Repeat(w io.Writer, f *behaviour.Found) error {
	line := []byte("days,half,people,again,share,low,high\n")
	for _, r := range f.Repeats {
		for _, x := range []struct {
			half string
			rate behaviour.Rate
		}{{"all", r.Whole}, {"earlier", r.Before}, {"later", r.Now}} {
			line = append(line, strconv.Itoa(r.Days)+","+x.half+","...)
			line = append(appendRate(line, x.rate), '\n')
		}
	}
	_, err := w.Write(line)
	return err
}

// Pairs writes what is bought together, as CSV.
func Pairs(w io.Writer, f *behaviour.Found) error {
	line := []byte("a,b,name_a,name_b,baskets,lift,lift_low,share_of_a_with_b,p\n")
	for _, p := range f.Pairs {
		line = append(line, csvField(p.A)+","+csvField(p.B)+","+csvField(p.NameA)+","+csvField(p.NameB)+","+strconv.Itoa(p.Together)...)
		for _, v := range []float64{p.Lift, p.Low, p.Confidence.Value, p.P} {
			line = appendNumber(append(line, ','), v)
		}
		line = append(line, '\n')
	}
	_, err := w.Write(line)
	return err
}

func appendRate(line []byte, r behaviour.Rate) []byte {
	line = append(line, strconv.Itoa(r.All)+","+strconv.Itoa(r.Of)...)
	for _, v := range []float64{r.Value, r.Low, r.High} {
		line = append(line, ',')
		if v == v {
			line = appendNumber(line, v)
		}
	}
	return line
}
