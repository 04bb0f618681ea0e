// Package value reads and writes JSON without losing digits, finds what a path
// points at, and fills templates. There is no code in a template or a path.
//
// A value is what encoding/json makes of JSON with UseNumber: nil, bool, string,
// json.Number, []any or map[string]any.
//
// It may import the standard library only.
package value

import (
	"encoding/json"
	"math"
	"strconv"
)

// Equal compares two values. A number equals the string of its digits, because
// servers write ids and codes both ways.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && equalLists(a, b)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && equalObjects(a, b)
	case string, json.Number:
		return equalTexts(a, b)
	}
	switch b.(type) { // what Go compares by itself would panic on these
	case []any, map[string]any:
		return false
	}
	return a == b
}

func equalLists(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalObjects(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for key, v := range a {
		w, ok := b[key]
		if !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}

func equalTexts(a, b any) bool {
	s, _ := digits(a)
	t, ok := digits(b)
	if !ok {
		return false
	}
	if s == t {
		return true
	}
	m, ok1 := a.(json.Number)
	n, ok2 := b.(json.Number)
	return ok1 && ok2 && equalNumbers(m, n)
}

// exact is the largest whole number below which every one has a float64.
const exact = 1 << 53

func equalNumbers(a, b json.Number) bool {
	x, err1 := strconv.ParseFloat(a.String(), 64)
	y, err2 := strconv.ParseFloat(b.String(), 64)
	return err1 == nil && err2 == nil && x == y && math.Abs(x) < exact
}

func digits(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// Text returns a scalar as text: a string itself, a number's digits, "true".
// Null, lists and objects have none.
func Text(v any) (string, bool) {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b), true
	}
	return digits(v)
}
