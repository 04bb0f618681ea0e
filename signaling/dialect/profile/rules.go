package profile

import (
	"cmp"
	"slices"
	"strconv"

	"parley/signaling/dialect/value"
)

// ofACall are the actions after which a reply can use the variables of a call.
func ofACall(a Action) bool {
	switch a {
	case DoInvite, DoRinging, DoAccept, DoDecline, DoBusy, DoCancel, DoOffer, DoAnswer, DoSignal, DoCandidate, DoCommit, DoBye, DoUnavailable:
		return true
	default:
		return false
	}
}

// rule compiles a rule. Judged are the channels whose frames its paths must fit.
func (c *compiler) rule(n *node, path, via string, judged []string, p place) Rule {
	r := Rule{
		Via: via, Do: say[Action](n.get("do"), ""), Code0: n.get("default_code").str(),
		Match:   c.conditions(n.get("match"), under(path, "match"), judged, p),
		Capture: c.paths(n.get("capture"), under(path, "capture"), judged),
		Keep:    c.paths(n.get("keep"), under(path, "keep"), judged),
	}
	for key, to := range map[string]**value.Path{
		"from": &r.From, "kind": &r.Kind, "sdp": &r.SDP, "candidate": &r.Candidate, "text": &r.Text, "ref": &r.Ref,
		"members": &r.Members, "ice": &r.ICE, "self": &r.Self, "present": &r.Present, "code": &r.Code,
		"id": &r.ID, "name": &r.Name,
	} {
		at := n.get(key)
		*to = pointer(at)
		if *to != nil && (r.Do != DoRoster || key != "id" && key != "name") { // those are looked for in an item
			c.judgePath(at.text, at.at, under(path, key), judged)
		}
	}
	if ofACall(r.Do) {
		p.call = true
	}
	if n.has("members", "id") && r.Do != DoRoster {
		c.report.add(n.at, path, "members and id are about a roster; expected do = \"roster\"")
	}
	r.Reply = c.short(n.get("reply"), under(path, "reply"), via, p)
	c.judgeAction(r, n, path)
	return r
}

func (c *compiler) paths(n *node, path string, judged []string) map[string]value.Path {
	if !n.is(isTable) {
		return nil
	}
	out := make(map[string]value.Path, len(n.members))
	for _, m := range n.members {
		if p := pointer(m.value); p != nil {
			c.judgePath(m.value.text, m.value.at, under(path, m.key), judged)
			out[m.key] = *p
		}
	}
	return out
}

// judgeAction reports a rule that can never say what its action needs.
func (c *compiler) judgeAction(r Rule, n *node, path string) {
	need := func(reason string, keys ...string) {
		if !n.has(keys...) {
			c.report.add(n.keyAt("do"), path, "%q needs %s%s", r.Do, oneOf(quoted(keys)), reason)
		}
	}
	switch r.Do {
	case DoOffer, DoAnswer:
		need(": where the description is", "sdp")
	case DoSignal:
		need(": where it is", "sdp", "candidate")
	case DoCandidate:
		need(": where it is", "candidate")
	case DoRoster:
		need(": where the items are", "members")
	case DoRefuse, DoFault:
		need(": what to tell people", "code", "default_code", "text")
	default:
	}
	if r.Kind != nil && c.profile.Kinds.Audio == "" {
		c.report.add(n.keyAt("kind"), under(path, "kind"), "expected [kinds] with the words that can stand there")
	}
	if c.profile.Peers.Kind != Person {
		return
	}
	switch r.Do {
	case DoInvite, DoCame, DoGone:
		need(" where peers are persons: who it is", "from")
	case DoOffer:
		if c.profile.Flow.Offer == WithInvite {
			need(" where the offer is the ring: who it is", "from")
		}
	default:
	}
}

// receive compiles the rules of [[recv]].
func (c *compiler) receive() {
	seen := map[string]int{}
	for i, n := range c.root.get("recv").list() {
		if !n.is(isTable) || i >= MaxRules {
			continue // reported by the checker
		}
		path := nth("recv", i)
		r := c.heard(n, path)
		c.profile.Recv = append(c.profile.Recv, r)
		if match := n.get("match"); match.is(isTable) && len(match.members) > 0 {
			c.unreachable(seen, i, n, r.Via, path)
		}
	}
}

// heard compiles a rule for what comes by a channel of its own accord.
func (c *compiler) heard(n *node, path string) Rule {
	via := c.via(n.get("via"), under(path, "via"))
	if c.kindOf(via) == HTTP {
		c.report.add(n.keyAt("via"), under(path, "via"), "HTTP does not speak by itself; what it answers is read by then, beside the frame")
	}
	return c.rule(n, path, via, []string{via}, inConnection())
}

// unreachable reports a rule whose match an earlier rule has, too.
func (c *compiler) unreachable(seen map[string]int, i int, n *node, via, path string) {
	match := slices.Clone(n.get("match").members)
	slices.SortFunc(match, func(a, b member) int { return cmp.Compare(a.key, b.key) })
	key := strconv.Quote(via)
	for _, m := range match {
		written, err := value.Encode(m.value.value())
		if err != nil {
			return
		}
		key += strconv.Quote(m.key) + string(written)
	}
	if first, ok := seen[key]; ok {
		c.report.add(n.get("match").at, under(path, "match"), "the same as of %s, which takes every such frame", nth("recv", first))
		return
	}
	seen[key] = i
}
