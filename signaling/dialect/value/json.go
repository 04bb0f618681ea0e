package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Depth is how deep the lists and objects of a value may be nested.
const Depth = 32

// ErrDeep is returned for JSON that is nested deeper than Depth.
var ErrDeep = errors.New("value: nested too deep")

// ErrMore is returned for text in which something follows the value.
var ErrMore = errors.New("value: more than one JSON value")

// Decode reads one JSON value (RFC 8259), and fails if more follows or it is
// nested deeper than Depth.
func Decode(text []byte) (any, error) {
	if deep(text) {
		return nil, ErrDeep
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("value: decode JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrMore
	}
	return v, nil
}

// deep tells whether JSON is nested deeper than Depth. Of what is no JSON it may
// tell anything.
func deep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			if depth++; depth > Depth {
				return true
			}
		case c == ']', c == '}':
			depth--
		}
	}
	return false
}

// Encode writes a value as JSON without HTML escapes. It fails for what is no
// value.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("value: encode JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
