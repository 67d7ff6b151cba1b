package words

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/message"
)

// Check reads a text back and reports everything in it that the facts do not bear out: a number that is none of theirs in value, unit, sign and
// rounding, or that is told of another cause; a direction that is not theirs; a cause that is none; a denial or a bound; a sentence that rests on none
// of them; a fact that had to be told and is not. A text may name a fact after its number, as in "12 % [f4]"; then it must be that one. What is left is nothing that can be
// counted: it is not a proof of every adjective.
func (f *Facts) Check(text string) []message.Note {
	if notes := f.plain(text); notes != nil {
		return notes
	}
	c := &checker{f: f, told: map[string]bool{}}
	if f.Name != "" && !strings.Contains(text, f.Name) {
		c.note("check.name")
	}
	for _, sentence := range sentenceEnd.Split(f.masked(text), -1) {
		c.rests = false
		for _, clause := range clauses(sentence) {
			c.clause(clause)
		}
		if !c.rests && !f.unchanged(sentence) && strings.ContainsFunc(sentence, unicode.IsLetter) {
			c.note("check.idle", strings.Map(unmask, strings.TrimSpace(sentence)))
		}
	}
	for _, fact := range f.List {
		if fact.Must && !c.told[fact.ID] {
			c.note("check.missing", fact.What, fact.Text)
		}
	}
	return c.notes
}

// longest is how many characters a text may have.
const longest = 1500

var (
	markup  = regexp.MustCompile(`(?i)https?:|www\.|<[^>]*>?|[<>{}|\x60\\]|\]\(|\*\*|^#|@`)
	tagForm = regexp.MustCompile(`\s*\[(f\d{1,3})\]`)
)

// plain looks at the characters of a text: nothing that hides, and nothing but text.
func (f *Facts) plain(text string) []message.Note {
	var notes []message.Note
	for _, r := range text {
		switch {
		case r == '\n' || r == '\ufeff':
		case unicode.Is(unicode.C, r) || r == unicode.ReplacementChar || unicode.Is(unicode.M, r) || r >= mask && r <= nowMask:
			return []message.Note{message.NoteOf("check.character", string(r))}
		case unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Han, r) && !strings.ContainsRune(f.Name, r):
			return []message.Note{message.NoteOf("check.character", string(r))}
		}
	}
	if len([]rune(text)) > longest+len([]rune(f.Name)) {
		notes = append(notes, message.NoteOf("check.long"))
	}
	without := strings.ReplaceAll(text, f.Name, "")
	han, latin := 0, 0
	for _, r := range without {
		if unicode.Is(unicode.Han, r) {
			han++
		} else if unicode.IsLetter(r) {
			latin++
		}
	}
	if f.Lang == message.Chinese && han < 10 || f.Lang == message.English && (han > 0 || latin < 20) {
		notes = append(notes, message.NoteOf("check.language"))
	}
	if m := markup.FindString(tagForm.ReplaceAllString(without, "")); m != "" {
		notes = append(notes, message.NoteOf("check.markup", m))
	}
	return notes
}

var clauseEnd = regexp.MustCompile(`[;!?。；！？\n]|[，、](?:\s*)|—|\.(?:\s|$)|,\s|\s+(?i:and|but|while|whereas|although|though|however|yet)\s+|而且|而|但是|但|却|同时|并且|以及`)

// between keeps the two ends of a range in one clause.
var between = regexp.MustCompile(`(?i)\bbetween ([^;!?]{1,60}?) and `)

var sentenceEnd = regexp.MustCompile(`[!?。！？\n]|\.(?:\s|$)`)

// unmask leaves masks out.
func unmask(r rune) rune {
	if r >= mask && r <= nowMask {
		return '…'
	}
	return r
}

// clauses parts a text where one statement ends and another begins.
func clauses(text string) []string {
	var out []string
	for _, part := range clauseEnd.Split(between.ReplaceAllString(text, "between $1 ~ "), -1) {
		if strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

// words of a direction, of a denial or supposition, and of a bound.
var (
	upEnglish    = regexp.MustCompile(`(?i)\b(ris(?:e|es|en|ing)|rose|increas\w*|gr(?:ow|ew|own|owth|ows|owing)|gain\w*|up|upwards?|higher|more|above|climb\w*|jump\w*|surg\w*|improv\w*|lift\w*|add(?:s|ed|ing)?|boost\w*|soar\w*|expan\w*|upturn|recover\w*|exceed\w*|rall\w*|strengthen\w*|accelerat\w*|rebound\w*|swell\w*|outperform\w*|better|larger|bigger|greater)\b`)
	downEnglish  = regexp.MustCompile(`(?i)\b(fall(?:s|en|ing)?|fell|drop\w*|decreas\w*|declin\w*|lower\w*|less|fewer|down|downwards?|below|los(?:e|es|t|s|ing|ses)|shr(?:ink|inks|ank|unk|inking)|slump\w*|plung\w*|collaps\w*|reduc\w*|cuts?|cutting|tak(?:e|es|ing) away|took away|subtract\w*|weak\w*|dip\w*|slip\w*|drag\w*|contract\w*|deteriorat\w*|worse\w*|smaller|slow\w*|sink\w*|sank|tumbl\w*|crash\w*|halv\w*|underperform\w*|decelerat\w*)\b`)
	upChinese    = regexp.MustCompile(`上升|增长|增加|上涨|提高|提升|攀升|高于|多于|拉动|贡献|推高|回升|好转|扩大|超出|多出|走高|向好|加快|反弹|增|涨|升`)
	downChinese  = regexp.MustCompile(`下降|减少|下跌|降低|回落|下滑|低于|少于|拖累|萎缩|缩小|恶化|走低|放缓|压低|下挫|疲软|减|跌|降`)
	denial       = regexp.MustCompile(`(?i)\b(not|no|never|without|neither|nor|none|hardly|cannot|\w+n['’]t|would|could|might|if|unless|instead of|rather than|fail\w*|despite)\b|没有|并非|并未|未能|从未|不是|不会|不再|无法|如果|假如|若|除非|尽管|本可|未[^来]|无`)
	boundEnglish = regexp.MustCompile(`(?i)\b(more than|less than|fewer than|over|under|at least|at most|nearly|almost|up to|well above|well below|beyond|close to|exceeding|short of|as much as|as little as)\s+[-+−–£$€¥]*[\d.]`)
	boundChinese = regexp.MustCompile(`(超过|逾|不到|不足|近|至少|至多|高达|多达|最多|最少|将近|接近)\s*[-+−–￥¥]*[\d.零一二三四五六七八九十百千两]|[\d%万亿千百](多|余|以上|以下|左右|上下)`)
	// never a cause of ours
	foreign = regexp.MustCompile(`(?i)\b(weather|competit\w*|econom\w*|advert\w*|marketing|inflation|strike|viral|influencer\w*|supply chain|war|pandemic|fraud|scandal|recall|rumou?rs?|policy|tariffs?)\b|天气|竞争|对手|经济|广告|营销|通胀|疫情|网红|供应链|政策|关税|舆情|口碑`)
)

// subjects are the words that name a cause. Those in strict are causes wherever they are named; the others are common words too.
var subjects = []struct {
	cause            explain.Cause
	strict           bool
	english, chinese *regexp.Regexp
}{
	{explain.Level, false, word(`levels?`), regexp.MustCompile(`水平`)},
	{explain.Trend, false, word(`trends?|underlying growth`), regexp.MustCompile(`趋势`)},
	{explain.Season, true, word(`season(?:s|al|ality)?`), regexp.MustCompile(`季节`)},
	{explain.Calendar, true, word(`calendar|working days?|weekends?|pay-?days?`), regexp.MustCompile(`日历|工作日|周末|发薪`)},
	{explain.Festival, true, word(`festivals?|holidays?|christmas|easter|new year(?:'s)?|thanksgiving`), regexp.MustCompile(`节日|节假日|假期|假日|春节|国庆|圣诞`)},
	{explain.Price, true, word(`pric(?:e|es|ed|ing)`), regexp.MustCompile(`价格|售价|单价|涨价|降价|提价`)},
	{explain.Promotion, true, word(`promo(?:s|tions?|tional)?|discounts?|campaigns?|coupons?`), regexp.MustCompile(`促销|折扣|优惠|大促|满减`)},
	{explain.StockOut, true, word(`stock-?outs?|out of stock|shortages?|stock`), regexp.MustCompile(`缺货|断货|库存`)},
	{explain.Volume, false, word(`volumes?`), regexp.MustCompile(`总量`)},
	{explain.Mix, false, word(`mix`), regexp.MustCompile(`结构`)},
	{explain.Launched, true, word(`new items?|new products?|launch(?:es|ed)?|newcomers?`), regexp.MustCompile(`新品|上新`)},
	{explain.Gone, true, word(`items? no longer sold|discontinued|delisted`), regexp.MustCompile(`停售|下架`)},
	{explain.Driver, false, word(`known influences?`), regexp.MustCompile(`已知因素`)},
	{explain.Momentum, false, word(`momentum`), regexp.MustCompile(`惯性`)},
	{explain.NewData, false, word(`new data`), regexp.MustCompile(`新数据`)},
	{explain.NewModel, false, word(`another method|model change|new method`), regexp.MustCompile(`方法变更`)},
	{explain.Coherence, false, word(`adding up|reconciliation`), regexp.MustCompile(`层级协调`)},
	{explain.Adjustment, false, word(`calibration`), regexp.MustCompile(`校准`)},
	{explain.Surprise, false, word(`surprises?`), regexp.MustCompile(`意外`)},
	{explain.Rest, false, word(`the rest`), regexp.MustCompile(`其余`)},
}

func word(s string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b(?:` + s + `)\b`) }

// checker goes through a text clause by clause.
type checker struct {
	f     *Facts
	told  map[string]bool // facts, by id
	rests bool            // something in this sentence rests on a fact
	notes []message.Note
}

func (c *checker) note(key string, args ...any) {
	const most = 5
	if len(c.notes) < most {
		c.notes = append(c.notes, message.NoteOf(key, args...))
	}
}

func (c *checker) clause(text string) {
	plain := string(folded(tagForm.ReplaceAllString(text, "")))
	named, strict := c.subjects(plain)
	for _, s := range strict {
		if !slices.ContainsFunc(c.f.List, func(f Fact) bool { return f.Cause == s.cause }) {
			c.note("check.cause", s.word)
		}
	}
	if m := foreign.FindString(plain); m != "" {
		c.note("check.cause", m)
	}
	plainest := softened(plain)
	up, down := directions(plainest)
	numbers := Numbers(plain)
	if m := denial.FindString(plainest); m != "" && (len(numbers) > 0 || up != "" || down != "") {
		c.note("check.negation", strings.TrimSpace(m))
	}
	if m := boundEnglish.FindString(plain) + boundChinese.FindString(plain); m != "" {
		c.note("check.bound", strings.TrimSpace(m))
	}
	c.rests = c.rests || len(named) > 0
	direction := 0
	switch {
	case up != "" && down == "":
		direction = 1
	case down != "" && up == "":
		direction = -1
	}
	tags := c.tags(text)
	signed := false
	for k, n := range numbers {
		tag := ""
		if k < len(tags) {
			tag = tags[k]
		}
		fact := c.match(plainest, n, direction, up != "" && down != "", named, tag)
		if fact == nil {
			shown := strings.TrimSpace(string([]rune(plain)[n.Start:min(n.End, len([]rune(plain)))]))
			if tag != "" {
				c.note("check.tag", shown, tag)
			} else {
				c.note("check.number", shown)
			}
			continue
		}
		c.rests = true
		for i := range c.f.List { // a number tells all facts that are the same
			if other := &c.f.List[i]; other.Must && c.is(other, n, direction, up != "" && down != "") && (other.role == fact.role || c.f.List[0].Value == c.f.List[1].Value) {
				c.told[other.ID] = true
			}
		}
		signed = signed || fact.Signed
	}
	if (up != "" || down != "") && !signed {
		if !c.direction(direction, named) {
			c.note("check.direction", up+down)
		}
		c.rests = true
	}
}

// unchanged reports whether a sentence says that nothing changed, and nothing did.
func (f *Facts) unchanged(sentence string) bool {
	return f.Shown.From == f.Shown.To && len(f.Shown.Steps) == 0 && strings.TrimSpace(sentence) == strings.Trim(f.Lang.Say("tell.same"), " .。")
}

// softened is the text without the words that only look like a denial or a direction.
func softened(text string) string {
	for _, w := range []string{"no longer sold", "adding up", "未知", "无论", "若干", "已知"} {
		text = strings.ReplaceAll(text, w, strings.Repeat("_", len([]rune(w)))) // as long as it was
	}
	return text
}

type naming struct {
	cause explain.Cause
	word  string
}

// subjects are the causes that a clause names; strict are those whose names are no common words.
func (c *checker) subjects(text string) (named []explain.Cause, strict []naming) {
	for _, s := range subjects {
		m := s.english.FindString(text)
		if c.f.Lang == message.Chinese && m == "" {
			m = s.chinese.FindString(text)
		}
		if m == "" {
			continue
		}
		if s.strict {
			strict = append(strict, naming{s.cause, m})
		} else if !slices.ContainsFunc(c.f.List, func(f Fact) bool { return f.Cause == s.cause }) {
			continue // a common word
		}
		named = append(named, s.cause)
	}
	return named, strict
}

// directions are the first words that say up and down.
func directions(text string) (up, down string) {
	up, down = upEnglish.FindString(text)+upChinese.FindString(text), downEnglish.FindString(text)+downChinese.FindString(text)
	return up, down
}

// tags are the ids that stand right behind the numbers of a clause, "" where none does.
func (c *checker) tags(text string) []string {
	var tags []string
	for _, piece := range tagForm.FindAllStringSubmatchIndex(text, -1) {
		before := string(folded(tagForm.ReplaceAllString(text[:piece[0]], "")))
		if n := len(Numbers(before)); n > 0 {
			for len(tags) < n {
				tags = append(tags, "")
			}
			tags[n-1] = text[piece[2]:piece[3]]
		}
	}
	return tags
}

// match is the fact that a number tells; nil if it is none.
func (c *checker) match(text string, n Number, direction int, both bool, named []explain.Cause, tag string) *Fact {
	for i := range c.f.List {
		fact := &c.f.List[i]
		if tag != "" && fact.ID != tag {
			continue
		}
		if c.is(fact, n, direction, both) && plays(fact.role, n, text) && (len(named) == 0 && (fact.Cause == "" || tag != "" || c.only(fact)) || slices.Contains(named, fact.Cause)) {
			return fact
		}
	}
	return nil
}

// only reports whether no other fact has the same value and unit, so that the number alone tells which it is.
func (c *checker) only(fact *Fact) bool {
	n := 0
	for _, f := range c.f.List {
		if math.Abs(f.Value) == math.Abs(fact.Value) && f.Unit == fact.Unit {
			n++
		}
	}
	return n == 1
}

// is reports whether a number is that of a fact in value, unit, sign and rounding.
func (c *checker) is(fact *Fact, n Number, direction int, both bool) bool {
	v := math.Abs(fact.Value)
	if d := math.Abs(n.Value - v); d > 1e-9*math.Max(v, 1e-9) || !c.unit(fact, n) {
		return false
	}
	if !fact.Signed {
		if fact.Value < 0 {
			return n.Sign < 0
		}
		return n.Sign == 0
	}
	if n.Sign != 0 {
		if direction != 0 && direction != n.Sign && !both { // it fell by +3
			return false
		}
		if direction == n.Sign && n.Sign < 0 { // it fell by -3: which is it?
			return false
		}
		return float64(n.Sign)*fact.Value > 0 || fact.Value == 0
	}
	if both {
		return false
	}
	if direction == 0 {
		return fact.Value >= 0
	}
	return float64(direction)*fact.Value > 0 || fact.Value == 0
}

// followers are words that may stand behind a number without being its unit.
var followers = strings.Fields(`in to from than or for more less fewer higher lower on of at as below above by compared against with over the a an is are was were will up down between
	probability chance likely confidence this these that which through until during because due thanks owing per then now before after it its change total difference growth decline rise fall
	increase decrease drop gain loss range interval sold expected forecast respectively while so also still`)

// unit reports whether a number has the unit of the fact.
func (c *checker) unit(fact *Fact, n Number) bool {
	switch {
	case fact.Unit == "%":
		return n.Measure == Percent
	case slices.Contains(codes, fact.Unit):
		return n.Measure == Money && n.Word == fact.Unit
	case n.Measure != Plain:
		return false
	case n.Word == "" || slices.Contains(followers, n.Word):
		return true
	}
	own := c.f.Lang.Or("measure."+fact.Unit, fact.Unit)
	if strings.HasPrefix(own, n.Word) || strings.HasPrefix(strings.ToLower(own), n.Word) || n.Word == "unit" && own == "units" {
		return true
	}
	return strings.ToLower(fact.Unit) == n.Word
}

// direction reports whether a direction without a number of its own is that of what the clause is about: of the causes it names, or of the whole.
func (c *checker) direction(direction int, named []explain.Cause) bool {
	if direction == 0 {
		return false
	}
	if len(named) == 0 {
		return float64(direction)*float64(c.f.Shown.To-c.f.Shown.From) > 0
	}
	for _, cause := range named {
		if float64(direction)*float64(c.f.Shown.Of(cause)) <= 0 {
			return false
		}
	}
	return true
}
