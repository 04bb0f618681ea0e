package signaling

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes any text one that people can read in one line: it folds white space,
// drops what cannot be seen, except the two joiners (U+200C and U+200D) that
// families of emoji and some scripts are spelled with, and cuts after most
// characters.
func Line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r) && r != '\u200c' && r != '\u200d':
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimRight(string(runes[:most]), " ")
	}
	return s
}
