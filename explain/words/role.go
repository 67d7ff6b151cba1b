package words

import (
	"regexp"
)

// the words that tell which of the facts about the whole a number is.
var (
	beforeWord = regexp.MustCompile(`(?i)\x{E001}|\b(?:from|after|before|previous(?:ly)?|earlier|last|prior|against|versus|vs|compared|than|said)\b|此前|上期|上次|之前|由|从|过去|原|较|比|先前`)
	nowWord    = regexp.MustCompile(`(?i)\x{E002}|\b(?:expect\w*|to|reach\w*|bring|will|forecast (?:is|of)|now|ahead|next|project\w*|predict\w*)\b|预计|预期|达到|达|至|到|未来|本期|本次|现`)
	rangeWord  = regexp.MustCompile(`(?i)\b(?:between|lie|lies|lying|ranges?|ranging|interval)\b|区间|落在|之间|范围`)
	chanceWord = regexp.MustCompile(`(?i)\b(?:probability|chance|likelihood|likely|odds|confidence)\b|概率|可能性|把握`)
)

// plays reports whether the words around a number are those of the role of a fact: what was sold is not what is expected, though both are numbers
// that the facts hold.
func plays(as role, n Number, text string) bool {
	runes := []rune(text)
	inRange := rangeWord.MatchString(text)
	switch as {
	case noRole:
		return true
	case ends:
		return inRange
	case level:
		return inRange && chanceWord.MatchString(text)
	case chance:
		return !inRange && chanceWord.MatchString(text)
	}
	if inRange {
		return false
	}
	// the word nearest before the number decides; where there is none, the first one after it
	last := func(r *regexp.Regexp, s string) int {
		if all := r.FindAllStringIndex(s, -1); all != nil {
			return all[len(all)-1][1]
		}
		return -1
	}
	head := string(runes[:min(n.Start, len(runes))])
	b, w := last(beforeWord, head), last(nowWord, head)
	if b < 0 && w < 0 {
		tail := string(runes[min(n.End, len(runes)):])
		first := func(r *regexp.Regexp) int {
			if at := r.FindStringIndex(tail); at != nil {
				return -at[0]
			}
			return -len(tail) - 1
		}
		b, w = first(beforeWord), first(nowWord)
		if b == w {
			return false
		}
	}
	return as == before && b > w || as == now && w > b
}
