package profile

import (
	"fmt"
	"slices"
)

// kind is the type of a node.
type kind int

// The kinds of nodes.
const (
	isTable kind = iota
	isList
	isText
	isInteger
	isDecimal
	isFlag
	isDate
)

func (k kind) String() string {
	return [...]string{"a table", "a list", "a text", "a whole number", "a number", "true or false", "a date"}[k]
}

// node is a value of a TOML file that knows where it stands.
type node struct {
	at      int // byte
	kind    kind
	text    string
	plain   bool // of a text: it stands in the file as it is, one byte after at
	integer int64
	decimal float64
	flag    bool
	items   []*node
	members []member // in the order of the file
	index   map[string]int

	inline bool // of tables and lists: complete where it stands
	header bool // of tables: has its own [header], or was made by a dotted key
}

type member struct {
	key   string
	at    int // byte of the key
	value *node
}

// get returns a member's value; nil if there is none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	if i, ok := n.index[key]; ok {
		return n.members[i].value
	}
	return nil
}

// keyAt returns where a member's key stands, or where the table does.
func (n *node) keyAt(key string) int {
	if i, ok := n.index[key]; ok {
		return n.members[i].at
	}
	return n.at
}

// set adds a member that is not there yet.
func (n *node) set(key string, at int, value *node) {
	if n.index == nil {
		n.index = map[string]int{}
	}
	n.index[key] = len(n.members)
	n.members = append(n.members, member{key, at, value})
}

// is tells whether a node is there and of a kind.
func (n *node) is(k kind) bool { return n != nil && n.kind == k }

// str returns a text node's text, "" for anything else.
func (n *node) str() string {
	if n.is(isText) {
		return n.text
	}
	return ""
}

// list returns a list's items, or the node itself as its only item.
func (n *node) list() []*node {
	switch {
	case n == nil:
		return nil
	case n.kind == isList:
		return n.items
	}
	return []*node{n}
}

func (n *node) keys() []string {
	out := make([]string, 0, len(n.members))
	for _, m := range n.members {
		out = append(out, m.key)
	}
	return out
}

// has tells whether a table has one of the keys.
func (n *node) has(keys ...string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return n.get(k) != nil })
}

// value returns what value.NewTemplate takes.
func (n *node) value() any {
	switch n.kind {
	case isTable:
		out := make(map[string]any, len(n.members))
		for _, m := range n.members {
			out[m.key] = m.value.value()
		}
		return out
	case isList:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.value()
		}
		return out
	case isInteger:
		return n.integer
	case isDecimal:
		return n.decimal
	case isFlag:
		return n.flag
	default:
		return n.text
	}
}

// under names a member in a path.
func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// nth names an item in a path, from 1.
func nth(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i+1) }
