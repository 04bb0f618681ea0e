package value

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Path points into a value: member names and array indexes between dots, and *
// for every member or item. The empty path is the value itself. In a name, a
// dot is written as \. and a star that is the whole name as \*; a backslash
// stands for the character after it.
type Path struct {
	text  string
	steps []step
}

type step struct {
	name string
	all  bool
}

// ParsePath reads a path. It has at most Depth steps, since no value is deeper.
func ParsePath(s string) (Path, error) {
	p := Path{text: s}
	if s == "" {
		return p, nil
	}
	for rest, more := s, true; more; {
		var one step
		var err error
		if one, rest, more, err = nextStep(rest); err != nil {
			return Path{}, fmt.Errorf("value: path %q: %w", s, err)
		}
		p.steps = append(p.steps, one)
		if len(p.steps) > Depth {
			return Path{}, fmt.Errorf("value: path %.40q: more than %d steps", s, Depth)
		}
	}
	return p, nil
}

// nextStep cuts a path at its first dot. More tells whether there was one.
func nextStep(s string) (one step, rest string, more bool, err error) {
	var name strings.Builder
	i := 0
	for ; i < len(s) && s[i] != '.'; i++ {
		if s[i] == '\\' {
			if i++; i == len(s) {
				return step{}, "", false, fmt.Errorf("nothing follows the last backslash")
			}
		}
		name.WriteByte(s[i])
	}
	if i == 0 {
		return step{}, "", false, fmt.Errorf("a step is empty")
	}
	one = step{name: name.String(), all: s[:i] == "*"}
	if i == len(s) {
		return one, "", false, nil
	}
	return one, s[i+1:], true, nil
}

// Find returns the first value that the path points at, in the order of All.
func (p Path) Find(v any) (any, bool) {
	for found := range p.each(v) {
		return found, true
	}
	return nil, false
}

// All returns every value that the path points at, in order; members by name.
// Whatever the path, no value is looked at twice.
func (p Path) All(v any) []any { return slices.Collect(p.each(v)) }

// String returns the path as it was written.
func (p Path) String() string { return p.text }

// each yields what the path points at. Its depth is the number of steps.
func (p Path) each(v any) func(yield func(any) bool) {
	return func(yield func(any) bool) { walk(p.steps, v, yield) }
}

// walk tells whether to go on.
func walk(steps []step, v any, yield func(any) bool) bool {
	if len(steps) == 0 {
		return yield(v)
	}
	if !steps[0].all {
		next, ok := child(v, steps[0].name)
		return !ok || walk(steps[1:], next, yield)
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !walk(steps[1:], item, yield) {
				return false
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !walk(steps[1:], v[key], yield) {
				return false
			}
		}
	}
	return true
}

func child(v any, name string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		c, ok := v[name]
		return c, ok
	case []any:
		i, err := strconv.ParseUint(name, 10, 31)
		if err != nil || i >= uint64(len(v)) {
			return nil, false
		}
		return v[i], true
	}
	return nil, false
}
