package probe

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

const maxShape = 80 // characters

// shape is what a frame looks like: the names that it has, not what they hold.
func shape(frame any) string {
	switch v := frame.(type) {
	case map[string]any:
		if event, ok := v["event"].(string); ok {
			return clean(event)
		}
		return clean("{" + strings.Join(slices.Sorted(maps.Keys(v)), ", ") + "}")
	case []any:
		return "[…]"
	case string:
		return "“…”"
	case nil:
		return "null"
	case bool:
		return "true/false"
	}
	return "123…"
}

// clean makes something that a server said fit for a label.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxShape {
		return string(runes[:maxShape-1]) + "…"
	}
	return s
}
