package profile

import (
	"errors"
	"slices"
	"strings"

	"parley/signaling/dialect/value"
)

// place is where a template stands, by what is known there. Everywhere are the
// variables of always.
type place struct {
	preset    bool // of a parameter: only the address that the user typed is known
	probe     bool // a stranger: not even our parameters are known
	self      bool
	captured  bool
	call      bool
	sdp       bool
	candidate bool
}

func always() []string { return append([]string{"uuid", "random", "now"}, ofAddress()...) }

func ofAddress() []string { return []string{"host", "hostname"} }

func ofSelf() []string { return []string{"self", "self.name"} }

func ofCall() []string {
	return []string{"to", "to.name", "call.kind", "call.duration", "call.text", "call.ref"}
}

func ofSDP() []string { return []string{"sdp", "sdp.text", "sdp.type"} }

func ofCandidate() []string {
	return []string{"candidate", "candidate.text", "candidate.mid", "candidate.index"}
}

// vocabulary is what the file itself gives names to.
type vocabulary struct {
	params, captured, kept []string // "param.x", "var.x", "call.x"
	self                   bool     // somebody says who we are

	known map[place]map[string]bool // what variables listed before
}

// has tells whether a template can use a variable at a place.
func (v vocabulary) has(name string, p place) bool {
	if v.known[p] == nil {
		v.known[p] = map[string]bool{}
		for _, one := range v.variables(p) {
			v.known[p][one] = true
		}
	}
	return v.known[p][name]
}

// variables lists what a template can use at a place.
func (v vocabulary) variables(p place) []string {
	if p.preset {
		return ofAddress()
	}
	out := always()
	if p.probe {
		return out
	}
	out = append(out, v.params...)
	if p.self && v.self {
		out = append(out, ofSelf()...)
	}
	if p.captured {
		out = append(out, v.captured...)
	}
	if p.call {
		out = append(append(out, ofCall()...), v.kept...)
	}
	if p.sdp {
		out = append(out, ofSDP()...)
	}
	if p.candidate {
		out = append(out, ofCandidate()...)
	}
	return out
}

// why says why a variable has no value at a place.
func (v vocabulary) why(name string, p place) string {
	variable := "${" + name + "}"
	switch {
	case p.preset && (slices.Contains(v.params, name) || slices.Contains(always(), name)):
		return variable + " has no value in a default; expected ${host} or ${hostname}"
	case p.probe && (strings.HasPrefix(name, "param.") || slices.Contains(ofSelf(), name)):
		return variable + " has no value in a probe, which meets a server that nobody told us anything about"
	case slices.Contains(ofSDP(), name):
		return variable + " has a value in invite, accept, offer and answer only"
	case slices.Contains(ofCandidate(), name):
		return variable + " has a value in candidate only"
	case slices.Contains(ofCall(), name), slices.Contains(v.kept, name):
		return variable + " has a value in the messages of a call only"
	case slices.Contains(ofSelf(), name) && v.self:
		return variable + " has no value here, because it is made of this"
	case slices.Contains(ofSelf(), name):
		return variable + " has no value: expected self in [peers], or a rule that finds self"
	case slices.Contains(v.captured, name):
		return variable + " has no value before the connection stands"
	}
	return "unknown variable " + variable + v.hint(name, p)
}

func (v vocabulary) hint(name string, p place) string {
	if near := Nearest(name, v.variables(p)); near != "" {
		return "; did you mean ${" + near + "}?"
	}
	switch group, _, _ := strings.Cut(name, "."); group {
	case "param":
		return "; expected a [param] of that name"
	case "var":
		return "; expected a rule that captures it"
	case "call":
		return "; expected a rule that keeps it"
	}
	return ""
}

// template compiles a node. Mistakes are reported where they stand; the result
// is good for nothing then.
func (c *compiler) template(n *node, path string, p place) value.Template {
	if n == nil {
		return value.Template{}
	}
	c.leaves(n, path, p)
	t, err := value.NewTemplate(n.value(), func(string) bool { return true })
	if err != nil && !c.failed(err) {
		c.report.add(n.at, path, "%v", err)
	}
	return t
}

// failed tells whether leaves reported an error.
func (c *compiler) failed(err error) bool {
	var known *value.TemplateError
	return errors.As(err, &known)
}

// leaves reports what is wrong with the texts of a template.
func (c *compiler) leaves(n *node, path string, p place) {
	for i, item := range n.items {
		c.leaves(item, nth(path, i), p)
	}
	for _, m := range n.members {
		c.leaves(m.value, under(path, m.key), p)
	}
	if n.kind == isText {
		c.leaf(n, path, p)
	}
}

func (c *compiler) leaf(n *node, path string, p place) {
	_, err := value.NewTemplate(n.text, func(name string) bool { return c.vocabulary.has(name, p) })
	var wrong *value.TemplateError
	if !errors.As(err, &wrong) || c.report.full() {
		return
	}
	at := n.at
	if n.plain {
		at += 1 + wrong.Offset
	}
	switch {
	case wrong.Filter:
		c.report.add(at, path, "unknown filter %q; expected %s%s", wrong.Name, oneOf(value.Filters()), suggest(wrong.Name, value.Filters()))
	case wrong.Name != "":
		c.report.add(at, path, "%s", c.vocabulary.why(wrong.Name, p))
	default:
		c.report.add(at, path, "%s", wrong.Text)
	}
}
