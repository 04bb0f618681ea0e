package profile

import "time"

// form is what the value of a key must look like.
type form int

// The forms.
const (
	formText     form = iota
	formTemplate      // a text with variables
	formSentence      // a text, or a table of texts by language
	formWord          // one of shape.words
	formInteger       // from shape.low to shape.high
	formFlag
	formDuration // from shape.least to shape.most
	formPath
	formAny   // whatever JSON can hold, with variables
	formMatch // conditions by path
	formTable // of shape.fields
	formMap   // of shape.of, by names that users choose
	formList  // of shape.of
)

// shape is the grammar of a value. What Parse accepts, the JSON Schema and the
// reference of docs/profiles.md all come from it.
type shape struct {
	form        form
	name        string // of a shape that stands in several places
	words       []word
	low, high   int
	least, most time.Duration
	fields      []field
	of          *shape
	limit       int    // of members or items
	pattern     string // of a text, for the schema; the parser checks by hand
}

// word is one of those that a key can have.
type word struct{ name, help string }

// field is a key of a table.
type field struct {
	key      string
	shape    *shape
	required bool
	fallback string // what holds without it, as it would be written
	help     string
}

func names(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.name
	}
	return out
}

func (s *shape) field(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

func (s *shape) keys() []string {
	out := make([]string, len(s.fields))
	for i, f := range s.fields {
		out[i] = f.key
	}
	return out
}

func table(fields ...field) *shape       { return &shape{form: formTable, fields: fields} }
func mapOf(of *shape, limit int) *shape  { return &shape{form: formMap, of: of, limit: limit} }
func listOf(of *shape, limit int) *shape { return &shape{form: formList, of: of, limit: limit} }
func wordOf(words ...word) *shape        { return &shape{form: formWord, words: words} }
func between(low, high int) *shape       { return &shape{form: formInteger, low: low, high: high} }

// called names a shape.
func called(name string, s *shape) *shape {
	s.name = name
	return s
}

func plain(f form) *shape { return &shape{form: f} }

func lasting(least, most time.Duration) *shape {
	return &shape{form: formDuration, least: least, most: most}
}
