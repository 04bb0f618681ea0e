package profile

import (
	"bytes"
	"regexp"

	"parley/signaling/dialect/value"
)

// Parse reads a profile. The error is Problems: all that is wrong with it, as
// far as one mistake does not hide another.
func Parse(text []byte) (*Profile, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	r := &report{}
	if len(text) > MaxFile {
		r.add(0, "", "the file has more than %d bytes", MaxFile)
		return nil, r.problems(text)
	}
	root := read(text, r)
	if root == nil {
		return nil, r.problems(text)
	}
	checker{r}.check(root, grammar(), "")
	c := compiler{report: r, root: root, profile: &Profile{}}
	if !r.excess && !r.full() {
		c.compile()
	}
	if wrong := r.problems(text); len(wrong) > 0 {
		return nil, wrong
	}
	return c.profile, nil
}

// compiler makes a Profile of a tree. What the checker has reported it passes
// over, and finds what only the whole file can tell.
type compiler struct {
	report     *report
	root       *node
	profile    *Profile
	vocabulary vocabulary
}

var profileName = regexp.MustCompile(namePattern)

func (c *compiler) compile() {
	c.gather()
	p := c.profile
	p.Name = c.root.get("name").str()
	if n := c.root.get("name"); n.is(isText) && (!profileName.MatchString(p.Name) || len(p.Name) > 40) {
		c.report.add(n.at, "name", "%q; expected at most 40 lower-case letters, digits and single dashes", p.Name)
	}
	p.Title = sentence(c.root.get("title"))
	if p.Title == nil {
		p.Title = Text{"en": p.Name}
	}
	p.Note = sentence(c.root.get("note"))
	p.Port = whole(c.root.get("port"), 0)
	p.Unproven = truth(c.root.get("unproven"), false)
	c.params()
	c.channels()
	c.peers()
	c.flow()
	c.media()
	c.identify()
	c.timers()
	c.sends()
	c.receive()
	c.probes()
	c.judge()
}

// gather finds the names that templates can use.
func (c *compiler) gather() {
	c.vocabulary.known = map[place]map[string]bool{}
	c.vocabulary.params = []string{"param.name"}
	if c.root.get("peers").get("kind").str() == string(Room) {
		c.vocabulary.params = append(c.vocabulary.params, "param.room")
	}
	if params := c.root.get("param"); params.is(isTable) {
		for _, key := range params.keys() {
			c.vocabulary.params = append(c.vocabulary.params, "param."+key)
		}
	}
	c.vocabulary.self = c.root.get("peers").get("self") != nil
	c.gatherRules(c.root)
}

// gatherRules looks for what rules capture, keep and find, wherever they are.
func (c *compiler) gatherRules(n *node) {
	if captured := n.get("capture"); captured.is(isTable) {
		for _, key := range captured.keys() {
			c.vocabulary.captured = append(c.vocabulary.captured, "var."+key)
		}
	}
	if kept := n.get("keep"); kept.is(isTable) {
		for _, key := range kept.keys() {
			c.vocabulary.kept = append(c.vocabulary.kept, "call."+key)
		}
	}
	if n.get("built").str() == "block-puzzle" {
		c.vocabulary.captured = append(c.vocabulary.captured, "var.captcha")
	}
	for _, item := range n.items {
		c.gatherRules(item)
	}
	for _, m := range n.members {
		switch m.key {
		case "frame", "body", "reply", "match", "ok", "hear", "say", "param":
			continue // their names are the server's
		case "self":
			c.vocabulary.self = c.vocabulary.self || m.value.is(isText)
		}
		c.gatherRules(m.value)
	}
}

func sentence(n *node) Text {
	switch {
	case n.is(isText):
		return Text{"en": n.text}
	case n.is(isTable):
		t := Text{}
		for _, m := range n.members {
			t[m.key] = m.value.str()
		}
		return t
	}
	return nil
}

func truth(n *node, otherwise bool) bool {
	if n.is(isFlag) {
		return n.flag
	}
	return otherwise
}

func whole(n *node, otherwise int) int {
	if n.is(isInteger) {
		return int(n.integer)
	}
	return otherwise
}

// say returns a word of a closed list.
func say[T ~string](n *node, otherwise T) T {
	if s := n.str(); s != "" {
		return T(s)
	}
	return otherwise
}

// pointer returns what a formPath holds; nil for none.
func pointer(n *node) *value.Path {
	if !n.is(isText) {
		return nil
	}
	p, err := value.ParsePath(n.text)
	if err != nil {
		return nil // reported by the checker
	}
	return &p
}

func (c *compiler) params() {
	params := c.root.get("param")
	if !params.is(isTable) {
		return
	}
	for _, m := range params.members {
		p := Param{
			Key: m.key, Label: sentence(m.value.get("label")), Default: m.value.get("default").str(),
			Required: truth(m.value.get("required"), false), Secret: truth(m.value.get("secret"), false),
		}
		if preset := m.value.get("default"); preset.is(isText) {
			c.leaves(preset, under(under("param", m.key), "default"), place{preset: true})
		}
		if p.Label == nil {
			p.Label = Text{"en": m.key}
		}
		c.profile.Params = append(c.profile.Params, p)
	}
}

// param checks that a key of a step names a parameter.
func (c *compiler) param(n *node, path string) string {
	name := n.str()
	if name == "" || name == "name" || name == "room" {
		return name
	}
	params := c.root.get("param")
	if params.get(name) == nil {
		known := []string{}
		if params.is(isTable) {
			known = params.keys()
		}
		c.report.add(n.at, path, "no [param.%s]%s", name, suggest(name, known))
	}
	return name
}

// via checks that a channel is there.
func (c *compiler) via(n *node, path string) string {
	name := n.str()
	if name == "" {
		return Main
	}
	channels := c.root.get("channel")
	if channels.get(name) == nil {
		known := []string{}
		if channels.is(isTable) {
			known = channels.keys()
		}
		c.report.add(n.at, path, "no [channel.%s]%s", name, suggest(name, known))
	}
	return name
}

// kindOf returns a channel's kind; "" if it is not there, or cannot be it.
func (c *compiler) kindOf(channel string) ChannelKind {
	kind := say[ChannelKind](c.root.get("channel").get(channel).get("kind"), "")
	if channel == Main && kind == HTTP {
		return ""
	}
	return kind
}
