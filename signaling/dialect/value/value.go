// Package value reads and writes JSON without losing digits, finds what a path
// points at, and fills templates. There is no code in a template or a path.
//
// A value is what encoding/json makes of JSON with UseNumber: nil, bool, string,
// json.Number, []any or map[string]any.
package value

// Decode reads one JSON value, and fails if more follows or it is nested deeper
// than 32.
func Decode(text []byte) (any, error) { panic("being written") }

// Encode writes a value as JSON without HTML escapes.
func Encode(v any) ([]byte, error) { panic("being written") }

// Equal compares two values. A number equals the string of its digits.
func Equal(a, b any) bool { panic("being written") }

// Text returns a scalar as text: a string itself, a number's digits, "true".
func Text(v any) (string, bool) { panic("being written") }

// Path points into a value: member names and array indexes between dots, and *
// for every member or item. The empty path is the value itself. A dot in a name
// is written as \. (a backslash before it).
type Path struct{ steps []string }

// ParsePath reads a path.
func ParsePath(s string) (Path, error) { panic("being written") }

// Find returns the first value that the path points at.
func (p Path) Find(v any) (any, bool) { panic("being written") }

// All returns every value that the path points at, in order; members by name.
func (p Path) All(v any) []any { panic("being written") }

// String returns the path as it was written.
func (p Path) String() string { panic("being written") }

// Template is a value whose strings can hold variables: "${to}". A string that
// is one variable only becomes its value, of whatever type; in longer strings
// the texts are joined. Filters follow a bar: "${call.row|int|or:-1}".
//
//	int     a number; string  a string; bool  true or false
//	json    JSON in a string; b64json  base64 of JSON in a string
//	or:X    X (as JSON, or else as text) where the variable has no value
//	opt     the member or item is left out where the variable has no value
type Template struct {
	source any
	names  []string
}

// NewTemplate compiles what TOML holds. It fails for a variable that known does
// not accept and for a filter that is none.
func NewTemplate(source any, known func(name string) bool) (Template, error) { panic("being written") }

// Expand fills the template. A variable without a value, unless a filter says
// what then, is an error.
func (t Template) Expand(lookup func(name string) (any, bool)) (any, error) { panic("being written") }

// Names are the variables of the template, each once, in order.
func (t Template) Names() []string { return t.names }
