package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"parley/signaling/dialect/value"
)

// checker compares a tree with the grammar.
type checker struct{ report *report }

func (c checker) check(n *node, s *shape, path string) {
	switch s.form {
	case formTable:
		c.table(n, s, path)
	case formMap:
		c.named(n, s, path)
	case formList:
		c.list(n, s, path)
	case formMatch:
		c.match(n, path)
	case formSentence:
		c.sentence(n, path)
	case formAny:
		c.any(n, path)
	default:
		c.scalar(n, s, path)
	}
}

func (c checker) table(n *node, s *shape, path string) {
	if n.kind != isTable {
		c.report.add(n.at, path, "expected a table, not %s", n.kind)
		return
	}
	for _, m := range n.members {
		if f := s.field(m.key); f != nil {
			c.check(m.value, f.shape, under(path, m.key))
		} else {
			c.unknown(m, s.keys(), path)
		}
	}
	for _, f := range s.fields {
		if f.required && n.get(f.key) == nil {
			c.report.add(n.at, path, "%s is missing", missing(f))
		}
	}
}

func missing(f field) string {
	switch f.shape.form {
	case formTable, formMap:
		return "[" + f.key + "]"
	case formList:
		return "[[" + f.key + "]]"
	case formWord:
		return fmt.Sprintf("%q (%s)", f.key, oneOf(names(f.shape.words)))
	default:
		return fmt.Sprintf("%q", f.key)
	}
}

func (c checker) unknown(m member, known []string, path string) {
	if near := suggest(m.key, known); near != "" {
		c.report.add(m.at, path, "unknown key %q%s", m.key, near)
		return
	}
	c.report.add(m.at, path, "unknown key %q; expected %s", m.key, oneOf(known))
}

var identifier = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

func (c checker) named(n *node, s *shape, path string) {
	if n.kind != isTable {
		c.report.add(n.at, path, "expected a table, not %s", n.kind)
		return
	}
	if len(n.members) > s.limit {
		c.report.exceed(n.members[s.limit].at, path, s.limit)
	}
	for _, m := range n.members {
		if s.of.form != formTemplate && !identifier.MatchString(m.key) {
			c.report.add(m.at, path, "the name %q: expected at most 40 letters, digits, _ and -", m.key)
		}
		c.check(m.value, s.of, under(path, m.key))
	}
}

func (c checker) list(n *node, s *shape, path string) {
	if n.kind != isList {
		if n.kind == isTable && n.header {
			c.report.add(n.at, path, "written as [%s]; expected [[%s]], as there can be several", path, path)
			return
		}
		c.report.add(n.at, path, "expected a list, not %s", n.kind)
		return
	}
	if len(n.items) > s.limit {
		c.report.exceed(n.items[s.limit].at, path, s.limit)
	}
	for i, item := range n.items {
		c.check(item, s.of, nth(path, i))
	}
}

// match checks the form of conditions.
func (c checker) match(n *node, path string) {
	if n.kind != isTable {
		c.report.add(n.at, path, `expected conditions such as { type = "offer", "data.id" = { exists = true } }, not %s`, n.kind)
		return
	}
	if len(n.members) == 0 {
		c.report.add(n.at, path, "no condition; expected at least one, such as { type = \"offer\" }")
	}
	for _, m := range n.members {
		c.path(m.key, m.at, path)
		c.condition(m, under(path, m.key))
	}
}

func (c checker) condition(m member, path string) {
	switch v := m.value; v.kind {
	case isTable:
		word, flag := "", (*node)(nil)
		if len(v.members) == 1 {
			word, flag = v.members[0].key, v.members[0].value
		}
		if word != "exists" && word != "absent" {
			c.report.add(v.at, path, "expected { exists = true } or { absent = true }; a path with dots is written in quotes, as %q", m.key+"."+firstKey(v))
		} else if !flag.is(isFlag) || !flag.flag {
			c.report.add(flag.at, path, "expected %s = true", word)
		}
	case isList:
		if len(v.items) == 0 {
			c.report.add(v.at, path, "expected at least one value")
		}
		for _, item := range v.items {
			if item.kind == isTable || item.kind == isList || item.kind == isDate {
				c.report.add(item.at, path, "expected a text, a number, true or false, not %s", item.kind)
			}
		}
	case isDate:
		c.report.add(v.at, path, "expected a text, a number, true or false, not %s", v.kind)
	default:
	}
}

func firstKey(n *node) string {
	if len(n.members) == 0 {
		return "name"
	}
	return n.members[0].key
}

// languages are those that the program speaks.
var languages = []string{"en", "zh"}

func (c checker) sentence(n *node, path string) {
	switch n.kind {
	case isText:
	case isTable:
		for _, m := range n.members {
			if !slices.Contains(languages, m.key) {
				c.report.add(m.at, path, "unknown language %q; expected %s", m.key, oneOf(languages))
			} else if m.value.kind != isText {
				c.report.add(m.value.at, under(path, m.key), "expected a text, not %s", m.value.kind)
			}
		}
		if n.get("en") == nil {
			c.report.add(n.at, path, `"en" is missing`)
		}
	default:
		c.report.add(n.at, path, `expected a text, or { en = "...", zh = "..." }, not %s`, n.kind)
	}
}

// any finds what TOML has and JSON has not.
func (c checker) any(n *node, path string) {
	switch n.kind {
	case isDate:
		c.report.add(n.at, path, "a date; JSON has none, so write it in quotes")
	case isList:
		for i, item := range n.items {
			c.any(item, nth(path, i))
		}
	case isTable:
		for _, m := range n.members {
			c.any(m.value, under(path, m.key))
		}
	default:
	}
}

func (c checker) scalar(n *node, s *shape, path string) {
	want := isText
	switch s.form {
	case formInteger:
		want = isInteger
	case formFlag:
		want = isFlag
	default:
	}
	if n.kind != want {
		c.report.add(n.at, path, "expected %s, not %s", s.expected(), n.kind)
		return
	}
	switch s.form {
	case formWord:
		if !slices.Contains(names(s.words), n.text) {
			c.report.add(n.at, path, "unknown word %q; expected %s%s", n.text, oneOf(names(s.words)), suggest(n.text, names(s.words)))
		}
	case formInteger:
		if n.integer < int64(s.low) || n.integer > int64(s.high) {
			c.report.add(n.at, path, "%d; expected %s", n.integer, s.expected())
		}
	case formDuration:
		if d, err := time.ParseDuration(n.text); err != nil || d < s.least || d > s.most {
			c.report.add(n.at, path, "%q; expected %s", n.text, s.expected())
		}
	case formPath:
		c.path(n.text, n.at, path)
	default:
	}
}

// expected says what a scalar must be.
func (s *shape) expected() string {
	switch s.form {
	case formFlag:
		return "true or false"
	case formInteger:
		return fmt.Sprintf("a whole number from %d to %d", s.low, s.high)
	case formDuration:
		return fmt.Sprintf(`a duration such as "5s" or "1500ms", from %s to %s`, short(s.least), short(s.most))
	case formWord:
		return oneOf(quoted(names(s.words)))
	case formPath:
		return `a path such as "data.from.id"`
	default:
		return "a text"
	}
}

// short writes a duration without its zeros: "2m" for "2m0s".
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func (c checker) path(s string, at int, path string) {
	if _, err := value.ParsePath(s); err != nil {
		c.report.add(at, path, `%q is no path; expected names and numbers between single dots, such as "data.from.id" or "args.0"`, s)
	}
}
