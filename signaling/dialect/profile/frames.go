package profile

import (
	"slices"
	"strings"

	"parley/signaling/dialect/value"
)

func inConnection() place { return place{self: true, captured: true} }

func inCall() place { return place{self: true, captured: true, call: true} }

// frames compiles frame, or frames, of a table.
func (c *compiler) frames(n *node, path string, p place) []Frame {
	one, many := n.get("frame"), n.get("frames")
	switch {
	case one != nil && many != nil:
		c.report.add(n.keyAt("frames"), path, "frame and frames; expected one of them")
	case one != nil:
		return []Frame{c.frame(n, one, under(path, "frame"), path, p)}
	case n.has("built"):
		return c.built(n, path)
	case n.has("via", "ack", "then", "ok"):
		for _, key := range []string{"via", "ack", "then", "ok"} {
			if n.has(key) {
				c.report.add(n.keyAt(key), path, "%s stands beside frame; with frames, each item has its own", key)
			}
		}
	}
	if !many.is(isList) {
		return nil
	}
	var out []Frame
	for i, item := range many.items {
		path := nth(under(path, "frames"), i)
		out = append(out, c.frame(item, item.get("body"), under(path, "body"), path, p))
	}
	return out
}

// built is the frame of a step that needs code: its channel alone, or none for
// the first of HTTP.
func (c *compiler) built(n *node, path string) []Frame {
	for _, key := range []string{"ack", "then", "ok"} {
		if n.has(key) {
			c.report.add(n.keyAt(key), path, "%s stands beside frame, and a built step has none", key)
		}
	}
	if via := n.get("via"); via != nil {
		f := Frame{Via: c.via(via, under(path, "via"))}
		if c.kindOf(f.Via) != HTTP {
			c.report.add(via.at, under(path, "via"), "a built step speaks HTTP; expected such a channel")
		}
		return []Frame{f}
	}
	channels := c.root.get("channel")
	if !channels.is(isTable) || !slices.ContainsFunc(channels.members, func(m member) bool { return m.value.get("kind").str() == string(HTTP) }) {
		c.report.add(n.keyAt("built"), path, "a built step speaks HTTP, and there is no such channel")
	}
	return nil
}

// short compiles frames that are written as they are, one or a list. An item of
// which all keys are those of the long form, body among them, is in that form.
func (c *compiler) short(n *node, path, via string, p place) []Frame {
	if n == nil {
		return nil
	}
	long := longShape()
	var out []Frame
	for i, item := range n.list() {
		path := path
		if n.kind == isList {
			path = nth(path, i)
		}
		if item.is(isTable) && item.has("body") && !slices.ContainsFunc(item.keys(), func(k string) bool { return long.field(k) == nil }) {
			checker{c.report}.check(item, long, path)
			out = append(out, c.frame(item, item.get("body"), under(path, "body"), path, p))
			continue
		}
		f := Frame{Via: via, Body: c.template(item, path, p)}
		c.judgeBody(item, path, via)
		out = append(out, f)
	}
	if len(out) > maxFrames {
		c.report.add(n.at, path, "%d frames; expected at most %d", len(out), maxFrames)
	}
	return out
}

// frame compiles a body and what stands beside it in a table.
func (c *compiler) frame(beside, body *node, bodyPath, path string, p place) Frame {
	f := Frame{Via: c.via(beside.get("via"), under(path, "via")), Ack: truth(beside.get("ack"), false)}
	if body != nil {
		f.Body = c.template(body, bodyPath, p)
		c.judgeBody(body, bodyPath, f.Via)
	}
	kind := c.kindOf(f.Via)
	if f.Ack && kind != "" && kind != SocketIO {
		c.report.add(beside.keyAt("ack"), under(path, "ack"), "only a Socket.IO server acknowledges")
	}
	for _, key := range []string{"then", "ok"} {
		if beside.has(key) && kind != HTTP && !f.Ack {
			c.report.add(beside.keyAt(key), under(path, key), "nothing comes back for this frame; expected a channel of HTTP, or ack = true")
		}
	}
	if then := beside.get("then"); then.is(isTable) {
		rule := c.rule(then, under(path, "then"), f.Via, []string{f.Via}, p)
		f.Then = &rule
	}
	f.OK = c.conditions(beside.get("ok"), under(path, "ok"), []string{f.Via}, p)
	return f
}

// judgeBody looks at the form that a channel gives its frames.
func (c *compiler) judgeBody(n *node, path, via string) {
	switch c.kindOf(via) {
	case SocketIO:
		c.judgeEvent(n, path)
	case HTTP:
		c.judgeRequest(n, path)
	case WebSocket:
	}
}

// reserved are the names that Socket.IO keeps to itself.
func reserved() []string {
	return []string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
}

func (c *compiler) judgeEvent(n *node, path string) {
	if !n.is(isTable) {
		c.report.add(n.at, path, `expected { event = "...", args = [...] }, as the channel is Socket.IO, not %s`, n.kind)
		return
	}
	c.only(n, path, "event", "args")
	event := n.get("event")
	switch {
	case event == nil:
		c.report.add(n.at, path, `"event" is missing; a frame of Socket.IO is { event = "...", args = [...] }`)
	case !event.is(isText) || event.text == "":
		c.report.add(event.at, under(path, "event"), "expected the event's name")
	case slices.Contains(reserved(), event.text):
		c.report.add(event.at, under(path, "event"), "%q is kept by Socket.IO for itself", event.text)
	}
	if args := n.get("args"); args != nil && !args.is(isList) && !lone(args) {
		c.report.add(args.at, under(path, "args"), "expected a list, not %s", args.kind)
	}
}

// lone tells whether a text is one variable, which can be a list.
func lone(n *node) bool {
	s := n.str()
	return strings.HasPrefix(s, "${") && strings.IndexByte(s, '}') == len(s)-1
}

func methods() []string { return []string{"GET", "POST", "PUT", "PATCH", "DELETE"} }

func (c *compiler) judgeRequest(n *node, path string) {
	if !n.is(isTable) {
		c.report.add(n.at, path, `expected { method = "POST", path = "/...", body = ... }, as the channel is HTTP, not %s`, n.kind)
		return
	}
	c.only(n, path, "method", "path", "query", "header", "body")
	if method := n.get("method"); method == nil {
		c.report.add(n.at, path, `"method" is missing (%s)`, oneOf(methods()))
	} else if !slices.Contains(methods(), method.str()) {
		c.report.add(method.at, under(path, "method"), "expected %s", oneOf(quoted(methods())))
	}
	if at := n.get("path"); at == nil {
		c.report.add(n.at, path, `"path" is missing, such as path = "/login"`)
	} else if s := at.str(); !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "${") {
		c.report.add(at.at, under(path, "path"), "expected a text that begins with /")
	}
	for _, key := range []string{"query", "header"} {
		if v := n.get(key); v != nil && !v.is(isTable) {
			c.report.add(v.at, under(path, key), "expected a table, not %s", v.kind)
		}
	}
}

func (c *compiler) only(n *node, path string, keys ...string) {
	for _, m := range n.members {
		if !slices.Contains(keys, m.key) {
			checker{c.report}.unknown(m, keys, path)
		}
	}
}

// conditions compiles a match for frames that come by one of some channels.
func (c *compiler) conditions(n *node, path string, via []string, p place) []Condition {
	if !n.is(isTable) {
		return nil
	}
	if !p.probe {
		p = inConnection() // a frame is recognised before it is known whose call it is of
	}
	var out []Condition
	for _, m := range n.members {
		at, err := value.ParsePath(m.key)
		if err != nil {
			continue // reported by the checker
		}
		c.judgePath(m.key, m.at, path, via)
		one := Condition{Path: at}
		if m.value.is(isTable) {
			one.Exists, one.Absent = m.value.get("exists") != nil, m.value.get("absent") != nil
		} else {
			for _, v := range m.value.list() {
				one.Is = append(one.Is, c.template(v, under(path, m.key), p))
			}
		}
		out = append(out, one)
	}
	return out
}

// roots are the members of frames that a channel makes itself; nil for any.
func (c *compiler) roots(via string) []string {
	switch c.kindOf(via) {
	case SocketIO:
		return []string{"event", "args"}
	case HTTP:
		return []string{"status", "body"}
	default:
		return nil
	}
}

// judgePath reports a path that a channel's frames never have.
func (c *compiler) judgePath(s string, at int, path string, via []string) {
	first, _, _ := strings.Cut(s, ".")
	var known []string
	for _, name := range via {
		roots := c.roots(name)
		if roots == nil || slices.Contains(roots, first) || first == "*" || first == "" {
			return
		}
		known = append(known, roots...)
	}
	c.report.add(at, path, "%q is in no frame of this channel; expected a path that begins with %s%s", s, oneOf(known), suggest(first, known))
}
