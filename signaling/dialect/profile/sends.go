package profile

import (
	"slices"
	"strings"
)

// placeOf is what templates of a message can use.
func placeOf(m Message) place {
	switch m {
	case SayInvite, SayAccept, SayOffer, SayAnswer:
		p := inCall()
		p.sdp = true
		return p
	case SayCandidate:
		p := inCall()
		p.candidate = true
		return p
	case SayLeave:
		return inConnection()
	default:
		return inCall()
	}
}

// sends compiles [send], aliases last.
func (c *compiler) sends() {
	c.profile.Send = map[Message]Send{}
	send := c.root.get("send")
	if !send.is(isTable) {
		return
	}
	for _, m := range send.members {
		said, path := Message(m.key), under("send", m.key)
		if !m.value.is(isTable) || sendShape().field(m.key) == nil {
			continue // reported by the checker
		}
		if same := m.value.get("same_as"); same != nil {
			c.alias(send, said, m.value, path)
			continue
		}
		c.needFrames(m.value, path)
		before := len(c.report.found)
		c.profile.Send[said] = Send{c.frames(m.value, path, placeOf(said))}
		if len(c.report.found) == before { // otherwise it may be misspelt only
			c.needVariable(said, m.value, path)
		}
	}
}

// alias compiles a message that is said like another.
func (c *compiler) alias(send *node, said Message, n *node, path string) {
	same := n.get("same_as")
	if n.has("frame", "frames") {
		c.report.add(same.at, path, "same_as and frames of its own; expected one of them")
		return
	}
	path = under(path, "same_as")
	visited := []string{string(said)}
	target := n
	for target.get("same_as") != nil {
		name := target.get("same_as").str()
		if slices.Contains(visited, name) {
			c.report.add(same.at, path, "a loop: %s", strings.Join(append(visited, name), ", "))
			return
		}
		if visited = append(visited, name); send.get(name) == nil {
			if sendShape().field(name) != nil {
				c.report.add(same.at, path, "no [send.%s]", name)
			}
			return
		}
		target = send.get(name)
	}
	if target.is(isTable) {
		c.borrow(said, same.at, path, target, visited[len(visited)-1])
	}
}

// borrow compiles another message's frames for said. What is wrong with them is
// reported there, so that only variables that said does not have are left.
func (c *compiler) borrow(said Message, at int, path string, target *node, name string) {
	mine := &report{}
	other := compiler{report: mine, root: c.root, profile: c.profile, vocabulary: c.vocabulary}
	c.profile.Send[said] = Send{other.frames(target, path, placeOf(said))}
	for _, f := range c.profile.Send[said].Frames {
		for _, variable := range f.Body.Names() {
			if c.vocabulary.has(variable, placeOf(Message(name))) && !c.vocabulary.has(variable, placeOf(said)) {
				c.report.add(at, path, "%s uses ${%s}, which has no value in %s", name, variable, said)
			}
		}
	}
}

// needVariable reports an offer without a description, and its like.
func (c *compiler) needVariable(said Message, n *node, path string) {
	var group []string
	switch said {
	case SayOffer, SayAnswer:
		group = ofSDP()
	case SayCandidate:
		group = ofCandidate()
	default:
		return
	}
	for _, f := range c.profile.Send[said].Frames {
		if slices.ContainsFunc(f.Body.Names(), func(name string) bool { return slices.Contains(group, name) }) {
			return
		}
	}
	if n.has("frame", "frames") {
		c.report.add(n.at, path, "says nothing without ${%s}", group[0])
	}
}

// judge finds what only all sections together can tell.
func (c *compiler) judge() {
	c.needKinds()
	send := c.root.get("send")
	if !send.is(isTable) || c.profile.Flow.Offer != WithInvite {
		return
	}
	carries := func(m Message) bool {
		return slices.ContainsFunc(c.profile.Send[m].Frames, func(f Frame) bool {
			return slices.ContainsFunc(f.Body.Names(), func(name string) bool { return slices.Contains(ofSDP(), name) })
		})
	}
	if !carries(SayInvite) && !carries(SayOffer) {
		c.report.add(send.at, "send", `nothing carries our offer; expected ${sdp} in invite or offer, as flow.offer is "with-invite"`)
	}
}

// needKinds reports ${call.kind} where there are no words for it.
func (c *compiler) needKinds() {
	if c.profile.Kinds.Audio != "" {
		return
	}
	for _, said := range sorted(c.profile.Send) {
		for _, f := range c.profile.Send[said].Frames {
			n := c.root.get("send").get(string(said))
			if slices.Contains(f.Body.Names(), "call.kind") && n.get("same_as") == nil {
				c.report.add(n.at, under("send", string(said)), "${call.kind} has no value; expected [kinds] with the server's words")
			}
		}
	}
}
