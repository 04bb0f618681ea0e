package profile

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxNesting is how deep lists, tables and dotted keys may be nested.
const maxNesting = 24

// read makes a tree of TOML 1.0. The tree is nil if the text is no TOML; it is
// there, with mistakes reported, if something in it is said twice.
func read(text []byte, r *report) *node {
	if at := tooDeep(text); at >= 0 {
		r.add(at, "", "nested deeper than %d", maxNesting)
		return nil
	}
	b := builder{text: text, report: r, root: &node{kind: isTable}}
	b.parser.Reset(text)
	b.table = b.root
	for b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if err := b.parser.Error(); err != nil {
		at := len(text)
		var located *unstable.ParserError
		if errors.As(err, &located) && located.Highlight != nil {
			at = int(b.parser.Range(located.Highlight).Offset)
		}
		r.add(at, "", "no TOML: %s", err.Error())
		return nil
	}
	return b.root
}

// tooDeep returns where brackets are nested deeper than maxNesting, or -1. The
// parser of the library recurses as deep as the text does.
func tooDeep(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '#':
			if end := bytes.IndexByte(text[i:], '\n'); end >= 0 {
				i += end
			} else {
				return -1
			}
		case '"', '\'':
			i = closing(text, i)
		case '[', '{':
			if depth++; depth > maxNesting {
				return i
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return -1
}

// closing returns where the string that begins at i ends: its last quote.
func closing(text []byte, i int) int {
	mark := text[i : i+1]
	if triple := bytes.Repeat(mark, 3); bytes.HasPrefix(text[i:], triple) {
		mark, i = triple, i+2
	}
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && mark[0] == '"':
			i++
		case text[i] == '\n' && len(mark) == 1: // unterminated: the parser will say so
			return i
		case bytes.HasPrefix(text[i:], mark):
			return i + len(mark) - 1
		}
	}
	return i
}

type builder struct {
	text   []byte
	parser unstable.Parser
	report *report
	root   *node
	table  *node // that keys belong to; nil to leave them out
}

type key struct {
	name string
	at   int
	end  int
}

func (b *builder) expression(e *unstable.Node) {
	switch e.Kind {
	case unstable.Table:
		b.table = b.header(b.keys(e.Key()), false)
	case unstable.ArrayTable:
		b.table = b.header(b.keys(e.Key()), true)
	case unstable.KeyValue:
		if b.table != nil {
			b.assign(b.table, e)
		}
	default:
	}
}

// keys returns a dotted key; nil, reported, if it has too many parts.
func (b *builder) keys(each unstable.Iterator) []key {
	var out []key
	for each.Next() {
		raw := each.Node().Raw
		at := int(raw.Offset)
		out = append(out, key{string(each.Node().Data), at, at + int(raw.Length)})
	}
	if len(out) > maxNesting {
		b.report.add(out[0].at, "", "nested deeper than %d", maxNesting)
		return nil
	}
	return out
}

// header finds or makes the table of a [header] or [[header]].
func (b *builder) header(keys []key, list bool) *node {
	if len(keys) == 0 {
		return nil
	}
	last := keys[len(keys)-1]
	parent := b.descend(b.root, keys[:len(keys)-1], false)
	if parent == nil {
		return nil
	}
	there := parent.get(last.name)
	fresh := &node{kind: isTable, at: last.at, header: true}
	switch {
	case there == nil && list:
		parent.set(last.name, last.at, &node{kind: isList, at: last.at, items: []*node{fresh}})
	case there == nil:
		parent.set(last.name, last.at, fresh)
	case list && there.kind == isList && !there.inline:
		there.items = append(there.items, fresh)
	case !list && there.kind == isTable && !there.inline && !there.header:
		there.header, there.at = true, last.at
		return there
	default:
		b.twice(last)
		return nil
	}
	return fresh
}

func (b *builder) twice(k key) {
	b.report.add(k.at, "", "%q is there already; a key or table can be written once only", k.name)
}

// descend follows a dotted key and makes the tables that are missing.
func (b *builder) descend(from *node, keys []key, dotted bool) *node {
	at := from
	for _, k := range keys {
		next := at.get(k.name)
		switch {
		case next == nil:
			next = &node{kind: isTable, at: k.at, header: dotted}
			at.set(k.name, k.at, next)
		case !dotted && next.kind == isList && !next.inline:
			next = next.items[len(next.items)-1]
		case next.kind != isTable || next.inline:
			b.twice(k)
			return nil
		}
		at = next
	}
	return at
}

func (b *builder) assign(to *node, e *unstable.Node) {
	keys := b.keys(e.Key())
	if len(keys) == 0 {
		return
	}
	last := keys[len(keys)-1]
	parent := b.descend(to, keys[:len(keys)-1], true)
	if parent == nil {
		return
	}
	if parent.get(last.name) != nil {
		b.twice(last)
		return
	}
	rest := b.text[last.end:]
	at := last.end + len(rest) - len(bytes.TrimLeft(rest, " \t="))
	if v := b.value(e.Value(), at); v != nil {
		parent.set(last.name, last.at, v)
	}
}

// value makes a node; nil, reported, for a number that is none.
func (b *builder) value(v *unstable.Node, at int) *node {
	n := &node{at: at}
	switch v.Kind {
	case unstable.String:
		n.kind, n.text = isText, string(v.Data)
		n.plain = int(v.Raw.Length) == len(v.Data)+2
	case unstable.Bool:
		n.kind, n.flag = isFlag, v.Data[0] == 't'
	case unstable.Integer, unstable.Float:
		return b.number(v, n)
	case unstable.Array:
		n.kind, n.inline = isList, true
		for each := v.Children(); each.Next(); {
			if item := b.value(each.Node(), b.itemAt(each.Node(), at)); item != nil {
				n.items = append(n.items, item)
			}
		}
	case unstable.InlineTable:
		n.kind, n.inline = isTable, true
		for each := v.Children(); each.Next(); {
			b.assign(n, each.Node())
		}
		seal(n)
	default:
		n.kind, n.text = isDate, string(v.Data)
	}
	return n
}

// seal marks the tables that dotted keys made inside an inline table complete.
func seal(n *node) {
	n.inline = true
	for _, m := range n.members {
		if m.value.kind == isTable && !m.value.inline {
			seal(m.value)
		}
	}
}

// itemAt returns where an item of a list stands. The library does not tell it
// for lists: those are where their first item is, or their own list.
func (b *builder) itemAt(v *unstable.Node, list int) int {
	switch v.Kind {
	case unstable.Array:
		if first := v.Child(); first != nil {
			return b.itemAt(first, list)
		}
		return list
	case unstable.Bool, unstable.LocalDate, unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		return int(b.parser.Range(v.Data).Offset)
	default:
		return int(v.Raw.Offset)
	}
}

func (b *builder) number(v *unstable.Node, n *node) *node {
	var err error
	written := string(v.Data)
	if v.Kind == unstable.Integer {
		n.kind = isInteger
		bare := strings.TrimLeft(written, "+-")
		if len(bare) > 1 && bare[0] == '0' && bare[1] >= '0' && bare[1] <= '9' || strings.HasPrefix(bare, "0_") {
			err = strconv.ErrSyntax
		} else {
			n.integer, err = strconv.ParseInt(written, 0, 64)
		}
	} else {
		n.kind = isDecimal
		n.decimal, err = strconv.ParseFloat(strings.ReplaceAll(written, "_", ""), 64)
	}
	if err != nil || math.IsInf(n.decimal, 0) || math.IsNaN(n.decimal) {
		b.report.add(n.at, "", "%q is no number that can be used here", written)
		return nil
	}
	return n
}
