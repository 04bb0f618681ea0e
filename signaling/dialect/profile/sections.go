package profile

import (
	"maps"
	"slices"
	"strings"
	"time"

	"parley/signaling/dialect/value"
)

// lasts returns a duration that the checker found good.
func lasts(n *node, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(n.str()); err == nil {
		return d
	}
	return otherwise
}

func (c *compiler) channels() {
	c.profile.Channels = map[string]Channel{}
	channels := c.root.get("channel")
	if !channels.is(isTable) {
		return
	}
	if channels.get(Main) == nil {
		c.report.add(channels.at, "channel", "[channel.%s] is missing", Main)
	}
	for _, m := range channels.members {
		if m.value.is(isTable) {
			c.profile.Channels[m.key] = c.channel(m.key, m.value, under("channel", m.key))
		}
	}
}

func (c *compiler) channel(name string, n *node, path string) Channel {
	p := place{self: true, captured: name != Main}
	ch := Channel{
		Kind: say[ChannelKind](n.get("kind"), ""), Path: n.get("path").str(),
		Query:  c.templates(n.get("query"), under(path, "query"), p),
		Header: c.templates(n.get("header"), under(path, "header"), p),
		EIO:    whole(n.get("eio"), 4), Namespace: say(n.get("namespace"), "/"), After: whole(n.get("after"), 0),
	}
	if url := n.get("url"); url.is(isText) {
		t := c.template(url, under(path, "url"), p)
		ch.URL = &t
	}
	if auth := n.get("auth"); auth != nil {
		t := c.template(auth, under(path, "auth"), p)
		ch.Auth = &t
	}
	for _, item := range n.get("subprotocols").list() {
		ch.Subprotocols = append(ch.Subprotocols, item.str())
	}
	if ch.Kind != SocketIO {
		ch.EIO, ch.Namespace = 0, ""
	} else if ch.Path == "" {
		ch.Path = "/socket.io/"
	}
	c.judgeChannel(name, ch, n, path)
	return ch
}

// templates compiles a table of texts.
func (c *compiler) templates(n *node, path string, p place) map[string]value.Template {
	if !n.is(isTable) {
		return nil
	}
	out := make(map[string]value.Template, len(n.members))
	for _, m := range n.members {
		out[m.key] = c.template(m.value, under(path, m.key), p)
	}
	return out
}

// schemes are what a channel's URL can begin with.
func schemes(k ChannelKind) []string {
	switch k {
	case WebSocket:
		return []string{"ws", "wss"}
	case HTTP:
		return []string{"http", "https"}
	default:
		return []string{"ws", "wss", "http", "https"}
	}
}

func (c *compiler) judgeChannel(name string, ch Channel, n *node, path string) {
	misplaced := func(text string, keys ...string) {
		for _, key := range keys {
			if n.has(key) {
				c.report.add(n.keyAt(key), under(path, key), "%s", text)
			}
		}
	}
	switch steps := len(c.root.get("identify").list()); {
	case name == Main:
		misplaced("main is the first to open", "after")
		if ch.Kind == HTTP {
			c.report.add(n.get("kind").at, under(path, "kind"), `main must be a WebSocket; expected "ws" or "socketio"`)
		}
	case ch.After > steps:
		c.report.add(n.get("after").at, under(path, "after"), "%d; there are %d steps of identify", ch.After, steps)
	}
	switch ch.Kind {
	case HTTP:
		misplaced("only Socket.IO has it; use query or header", "auth")
		misplaced("HTTP has none", "subprotocols")
		misplaced("only Socket.IO has it", "eio", "namespace")
	case WebSocket:
		misplaced("only Socket.IO has it; use query or header", "auth")
		misplaced("only Socket.IO has it", "eio", "namespace")
	default:
	}
	for _, key := range []string{"path", "namespace"} {
		if v := n.get(key); v.is(isText) && (!strings.HasPrefix(v.text, "/") || strings.Contains(v.text, "${")) {
			c.report.add(v.at, under(path, key), "%q; expected a text that begins with / and has no variables", v.text)
		}
	}
	c.judgeURL(n.get("url"), under(path, "url"), ch.Kind)
}

// judgeURL looks at the part of an address that stands before any variable.
func (c *compiler) judgeURL(n *node, path string, kind ChannelKind) {
	url := n.str()
	scheme, _, whole := strings.Cut(url, "://")
	switch {
	case url == "", strings.HasPrefix(url, "${"), strings.HasPrefix(url, "/"):
	case !whole:
		c.report.add(n.at, path, "%q; expected an address, such as \"wss://${host}/signal\" or \"//${hostname}:3001/signal\"", url)
	case kind != "" && !slices.Contains(schemes(kind), scheme):
		c.report.add(n.at, path, "%q; expected %s", scheme+"://", oneOf(schemes(kind)))
	}
}

func (c *compiler) peers() {
	n := c.root.get("peers")
	p := Peers{Kind: say(n.get("kind"), Person), IDs: say(n.get("ids"), StringID), Contacts: truth(n.get("contacts"), false)}
	if self := n.get("self"); self != nil {
		t := c.template(self, "peers.self", place{captured: true})
		p.Self = &t
	}
	if name := n.get("name"); name.is(isText) {
		t := c.template(name, "peers.name", place{captured: true})
		p.Name = &t
	}
	c.profile.Peers = p
	if n.is(isTable) && p.Kind == Person && !c.vocabulary.self {
		c.report.add(n.at, "peers", `where peers are persons we have an id of our own; expected self, such as self = "${param.name}", or a rule that finds self`)
	}
}

func (c *compiler) flow() {
	n := c.root.get("flow")
	glare := GlareCompare
	if c.profile.Peers.Kind == Room {
		glare = GlareWait
	}
	f := Flow{
		Offer: say(n.get("offer"), WithInvite), Glare: say(n.get("glare"), glare), Ring: lasts(n.get("ring"), 0),
		Restart: truth(n.get("restart"), false), Echo: truth(n.get("echo"), false), Leave: say(n.get("leave"), Stay),
		Goodbye: n.get("goodbye").str(), Quiet: lasts(n.get("quiet"), 0), Hint: truth(n.get("hint"), false),
	}
	c.profile.Flow = f
	if c.profile.Peers.Kind == Person && (f.Offer == ByNewcomer || f.Offer == ByMember) {
		c.report.add(n.get("offer").at, "flow.offer", `%q is for rooms, and peers are persons; expected "with-invite" or "after-accept"`, f.Offer)
	}
	if f.Glare == GlareCompare && !c.vocabulary.self && c.profile.Peers.Kind == Room {
		c.report.add(n.get("glare").at, "flow.glare", `"compare" needs ids, and nobody has one here; expected "wait", "yield" or "insist"`)
	}
}

// media compiles the sections about what a call carries.
func (c *compiler) media() {
	c.profile.SDP = say(c.root.get("sdp").get("encoding"), SDPObject)
	n := c.root.get("candidates")
	c.profile.Candidates = Candidates{
		Gather: lasts(n.get("gather"), 0), Trickle: truth(n.get("trickle"), true), Hold: say(n.get("hold"), HoldNever),
		Shape: say(n.get("shape"), CandidateInit), End: say(n.get("end"), EndNone),
	}
	kinds := c.root.get("kinds")
	c.profile.Kinds = Kinds{Audio: kinds.get("audio").str(), Video: kinds.get("video").str()}
	if k := c.profile.Kinds; kinds.has("audio") && k.Audio == k.Video {
		c.report.add(kinds.get("audio").at, "kinds.audio", "the same word as video: nothing tells them apart")
	}
}

func (c *compiler) identify() {
	for i, n := range c.root.get("identify").list() {
		path := nth("identify", i)
		s := Step{
			Frames: c.frames(n, path, inConnection()), Within: lasts(n.get("within"), 10*time.Second),
			Optional: truth(n.get("optional"), false), Built: n.get("built").str(), Once: truth(n.get("once"), false),
			Unless: c.param(n.get("unless"), under(path, "unless")), If: c.param(n.get("if"), under(path, "if")),
		}
		if expect := n.get("expect"); expect.is(isTable) {
			rule := c.heard(expect, under(path, "expect"))
			s.Expect = &rule
		} else if n.has("optional") {
			c.report.add(n.keyAt("optional"), path, "optional is about expect, which is missing")
		}
		if n.is(isTable) && !n.has("frame", "frames", "expect", "built") {
			c.report.add(n.at, path, "nothing to do; expected frame, frames, expect or built")
		}
		c.profile.Identify = append(c.profile.Identify, s)
	}
}

func (c *compiler) timers() {
	for i, n := range c.root.get("timer").list() {
		path := nth("timer", i)
		t := Timer{After: lasts(n.get("after"), 0), Repeat: truth(n.get("repeat"), false), Frames: c.frames(n, path, inConnection())}
		if t.Repeat && t.After >= leastAfter && t.After < time.Second { // less is reported by the checker
			c.report.add(n.get("after").at, under(path, "after"), `%q; expected at least "1s" where it repeats`, n.get("after").str())
		}
		c.needFrames(n, path)
		c.profile.Timers = append(c.profile.Timers, t)
	}
}

func (c *compiler) needFrames(n *node, path string) {
	if n.is(isTable) && !n.has("frame", "frames", "same_as") {
		c.report.add(n.at, path, "nothing to send; expected frame or frames")
	}
}

func (c *compiler) probes() {
	for i, n := range c.root.get("probe").list() {
		path := nth("probe", i)
		p := Probe{Say: c.short(n.get("say"), under(path, "say"), Main, place{probe: true})}
		via := []string{Main}
		for _, f := range p.Say {
			via = append(via, f.Via)
		}
		p.Hear = c.conditions(n.get("hear"), under(path, "hear"), via, place{probe: true})
		c.profile.Probes = append(c.profile.Probes, p)
	}
}

// sorted lists a map's keys.
func sorted[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
