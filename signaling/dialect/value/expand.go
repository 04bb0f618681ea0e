package value

import (
	"fmt"
	"slices"
	"strings"
)

// left is what stands in for a member or item that is left out.
type left struct{}

// Expand fills the template. A variable without a value, unless a filter says
// what then, is an error that wraps ErrNoValue. The result shares nothing with
// the template, but does with what lookup returned.
func (t Template) Expand(lookup func(name string) (any, bool)) (any, error) {
	v, err := expand(t.source, lookup)
	if _, ok := v.(left); ok {
		return nil, nil
	}
	return v, err
}

func expand(source any, lookup func(string) (any, bool)) (any, error) {
	switch s := source.(type) {
	case *text:
		return s.expand(lookup)
	case []any:
		return expandList(s, lookup)
	case map[string]any:
		return expandObject(s, lookup)
	}
	return source, nil
}

func expandList(source []any, lookup func(string) (any, bool)) (any, error) {
	out := make([]any, 0, len(source))
	for _, item := range source {
		v, err := expand(item, lookup)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(left); !ok {
			out = append(out, v)
		}
	}
	return out, nil
}

func expandObject(source map[string]any, lookup func(string) (any, bool)) (any, error) {
	out := make(map[string]any, len(source))
	for key, member := range source {
		v, err := expand(member, lookup)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(left); !ok {
			out[key] = v
		}
	}
	return out, nil
}

func (t *text) expand(lookup func(string) (any, bool)) (any, error) {
	if t.whole {
		return t.parts[0].expand(lookup)
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		v, err := p.expand(lookup)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(left); ok {
			return v, nil
		}
		s, ok := Text(v)
		if !ok {
			return nil, fmt.Errorf("value: ${%s} is no text", p.name)
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func (p part) expand(lookup func(string) (any, bool)) (any, error) {
	v, found := lookup(p.name)
	for _, f := range p.filters {
		var err error
		if v, found, err = f.apply(v, found); err != nil {
			return nil, fmt.Errorf("value: ${%s|%s}: %w", p.name, f.name, err)
		}
	}
	if !found {
		if slices.ContainsFunc(p.filters, func(f filter) bool { return f.name == "opt" }) {
			return left{}, nil
		}
		return nil, fmt.Errorf("value: ${%s}: %w", p.name, ErrNoValue)
	}
	return v, nil
}
