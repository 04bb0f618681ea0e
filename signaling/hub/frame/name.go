package frame

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parley/signaling"
)

// The greatest lengths of texts, in characters.
const (
	MaxName    = 64
	MaxDisplay = 64
	MaxText    = 200 // of a decline
)

// Name checks the name of a member and returns it in composed form (Unicode
// NFC), so that two ways to write the same letter are one name.
func Name(s string) (string, bool) {
	s = norm.NFC.String(s)
	n := utf8.RuneCountInString(s)
	if n < 1 || n > MaxName || !utf8.ValidString(s) {
		return "", false
	}
	for i, r := range s {
		// Many scripts write vowels as marks on a letter; a mark cannot come first.
		if !inName(r) && (i == 0 || !unicode.IsMark(r)) {
			return "", false
		}
	}
	return s, true
}

func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' || r == '-'
}

// Key returns what two names have in common when they are the same name in
// another case.
func Key(name string) string { return strings.Map(smallest, norm.NFC.String(name)) }

// smallest returns the first of the letters that differ from r by case only.
func smallest(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// Display folds white space in a display name. It refuses names that are too
// long or have characters that cannot be seen; "" is accepted and means none.
func Display(s string) (string, bool) { return visible(s, MaxDisplay) }

func visible(s string, most int) (string, bool) {
	s = strings.Join(strings.Fields(s), " ")
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
		return "", false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) && !joiner(r) {
			return "", false
		}
	}
	return s, true
}

// joiner tells the two invisible characters that spell something: families of
// emoji, and words of Persian and several Indian scripts. The other invisible
// ones can make a name read like another's.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// Clip makes any text one that the protocol takes as display name or text:
// it folds white space, drops what cannot be seen and cuts after most characters.
func Clip(s string, most int) string { return signaling.Line(s, most) }

// Suggest makes a name out of any text, such as a person's: what a name cannot
// have becomes a hyphen. It returns "" when nothing is left.
func Suggest(s string) string {
	words := strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool {
		return !inName(r) && !unicode.IsMark(r)
	})
	runes := []rune(strings.Join(words, "-"))
	name, _ := Name(string(runes[:min(len(runes), MaxName)]))
	return name
}
