package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Template is a value whose strings can hold variables: "${to}". A string that
// is one variable only becomes its value, of whatever type; in longer strings
// the texts are joined. Filters follow a bar: "${call.row|int|or:-1}". What is
// written as $${ is ${ and no variable.
//
//	int     a number; string  a string; bool  true or false
//	json    JSON in a string; b64json  base64 of JSON in a string
//	or:X    X (as JSON, or else as text) where the variable has no value
//	opt     the member or item is left out where the variable has no value
//
// A variable that is null has no value for or and opt.
type Template struct {
	source any // as a value, with *text for strings that hold variables
	names  []string
}

// text is a string with variables: parts in turn literal and variable.
type text struct {
	parts []part
	whole bool // it is one variable and nothing else
}

type part struct {
	literal string
	name    string // "" for a literal
	filters []filter
}

// ErrNoValue is returned by Expand, wrapped, for a variable without a value.
var ErrNoValue = errors.New("no value")

// TemplateError says what is wrong with one string of a template.
type TemplateError struct {
	Source string // the string
	Offset int    // in bytes, of the variable
	Name   string // the variable, or the filter if Filter is set
	Filter bool
	Text   string // what is wrong, in one sentence
}

func (e *TemplateError) Error() string { return "value: " + e.Text }

// NewTemplate compiles what TOML or JSON hold. It fails with a *TemplateError
// for a variable that known does not accept and for a filter that is none.
func NewTemplate(source any, known func(name string) bool) (Template, error) {
	c := compiler{known: known, seen: map[string]bool{}}
	compiled, err := c.compile(source, 0)
	if err != nil {
		return Template{}, err
	}
	return Template{source: compiled, names: c.names}, nil
}

// Names are the variables of the template, each once, in order; members by name.
func (t Template) Names() []string { return slices.Clone(t.names) }

type compiler struct {
	known func(string) bool
	seen  map[string]bool
	names []string
}

func (c *compiler) compile(v any, depth int) (any, error) {
	if depth > Depth {
		return nil, ErrDeep
	}
	switch v := v.(type) {
	case nil, bool, json.Number:
		return v, nil
	case int64:
		return json.Number(strconv.FormatInt(v, 10)), nil
	case float64:
		return decimal(v)
	case string:
		return c.text(v)
	case []any:
		return c.list(v, depth)
	case map[string]any:
		return c.object(v, depth)
	}
	return nil, fmt.Errorf("value: a template holds %T, which JSON cannot", v)
}

func decimal(f float64) (any, error) {
	written, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("value: a template holds %v, which JSON cannot", f)
	}
	return json.Number(written), nil
}

func (c *compiler) list(v []any, depth int) (any, error) {
	out := make([]any, len(v))
	for i, item := range v {
		var err error
		if out[i], err = c.compile(item, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *compiler) object(v map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(v))
	for _, key := range slices.Sorted(maps.Keys(v)) {
		var err error
		if out[key], err = c.compile(v[key], depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// text compiles a string; without variables it stays one.
func (c *compiler) text(s string) (any, error) {
	parts, err := split(s)
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		if p.name == "" {
			continue
		}
		if !c.known(p.name) {
			return nil, &TemplateError{Source: s, Offset: offset(s, i, parts), Name: p.name, Text: "no variable ${" + p.name + "} here"}
		}
		if !c.seen[p.name] {
			c.seen[p.name], c.names = true, append(c.names, p.name)
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	if len(parts) == 1 && parts[0].name == "" {
		return parts[0].literal, nil
	}
	return &text{parts, len(parts) == 1}, nil
}

// offset finds the n-th part's variable again.
func offset(s string, n int, parts []part) int {
	at := 0
	for i, p := range parts[:n+1] {
		if p.name == "" {
			continue
		}
		at = start(s, at)
		if i < n {
			at += 2
		}
	}
	return at
}

// start is where the next variable begins, from a byte on; -1 for none.
func start(s string, from int) int {
	for i := from; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "$${"):
			i += 2
		case strings.HasPrefix(s[i:], "${"):
			return i
		}
	}
	return -1
}

func split(s string) ([]part, error) {
	var parts []part
	literal := func(text string) {
		if text != "" {
			parts = append(parts, part{literal: strings.ReplaceAll(text, "$${", "${")})
		}
	}
	for from := 0; ; {
		at := start(s, from)
		if at < 0 {
			literal(s[from:])
			return parts, nil
		}
		literal(s[from:at])
		end := strings.IndexByte(s[at:], '}')
		if end < 0 {
			return nil, &TemplateError{Source: s, Offset: at, Text: "a variable has no closing brace"}
		}
		p, err := variable(s[at+2 : at+end])
		if err != nil {
			err.Source, err.Offset = s, at
			return nil, err
		}
		parts, from = append(parts, p), at+end+1
	}
}

// variable reads what stands between the braces.
func variable(s string) (part, *TemplateError) {
	name, rest, filtered := strings.Cut(s, "|")
	if name = strings.TrimSpace(name); name == "" {
		return part{}, &TemplateError{Text: "a variable has no name"}
	}
	p := part{name: name}
	for filtered {
		var one string
		one, rest, filtered = strings.Cut(rest, "|")
		f, ok := newFilter(strings.TrimSpace(one))
		if !ok {
			word, _, _ := strings.Cut(strings.TrimSpace(one), ":")
			return part{}, &TemplateError{Name: word, Filter: true, Text: "no filter " + strconv.Quote(word)}
		}
		p.filters = append(p.filters, f)
	}
	return p, nil
}
