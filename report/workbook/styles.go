package workbook

import "github.com/xuri/excelize/v2"

// styles are the looks of cells, as numbers of the file.
type styles struct {
	title, lead, section, head, headRight                      int
	text, number, whole, score, share, rise, fall, day, moment int
}

func (s *styles) make(b *book) {
	font := func(size float64, bold bool, colour string) *excelize.Font {
		return &excelize.Font{Size: size, Bold: bold, Color: colour, Family: "Calibri"}
	}
	add := func(to *int, style *excelize.Style) {
		id, err := b.file.NewStyle(style)
		b.try(err)
		*to = id
	}
	format := func(f string) *string { return &f }
	rule := []excelize.Border{{Type: "bottom", Color: "E4E9EF", Style: 1}}
	navy := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0E456F"}}
	add(&s.title, &excelize.Style{Font: font(18, true, "0E456F")})
	add(&s.lead, &excelize.Style{Font: font(13, true, "12202F")})
	add(&s.section, &excelize.Style{Font: font(12, true, "0E5A94")})
	add(&s.head, &excelize.Style{Font: font(11, true, "FFFFFF"), Fill: navy, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	add(&s.headRight, &excelize.Style{Font: font(11, true, "FFFFFF"), Fill: navy, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	plain := func(to *int, numbers, colour string) {
		style := &excelize.Style{Font: font(11, false, colour), Border: rule}
		if numbers != "" {
			style.CustomNumFmt = format(numbers)
		}
		add(to, style)
	}
	plain(&s.text, "", "12202F")
	plain(&s.number, "#,##0.0##", "12202F")
	plain(&s.whole, "#,##0", "12202F")
	plain(&s.score, "0.000", "12202F")
	plain(&s.share, "0%", "12202F")
	plain(&s.rise, "+0%;-0%;0%", "0B6B5D")
	plain(&s.fall, "+0%;-0%;0%", "AD4409")
	day, moment := "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
	plain(&s.day, day, "12202F")
	plain(&s.moment, moment, "12202F")
}
