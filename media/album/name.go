package album

import (
	"strings"
	"time"
	"unicode"
)

// maxName bounds the person's part of a file's name, in bytes: the whole must
// stay below the 255 that file systems take.
const maxName = 120

// Name returns "Parley NAME DATE TIME", the name of a file without its extension,
// as every system can store it. name is a person's, and can hold anything.
func Name(name string, at time.Time) string {
	parts := []string{"Parley", clean(name), at.Format("2006-01-02 15.04.05")}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// clean leaves out what some system does not store in a name, or hides: Windows is
// the strictest.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r), r == unicode.ReplacementChar:
			return ' '
		case unicode.IsSpace(r), !unicode.IsPrint(r):
			return ' '
		}
		return r
	}, name)
	for len(name) > maxName {
		runes := []rune(name)
		name = string(runes[:len(runes)-1])
	}
	return strings.Trim(name, " .")
}
