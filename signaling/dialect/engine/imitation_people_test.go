package engine_test

import (
	"encoding/json"
	"maps"
)

// vueAVCall hands frames on by number, as they are.
type vueAVCall struct{ sockets }

func (v *vueAVCall) heard(s *socket, frame any) {
	if text(frame, "type") == "bind" {
		if _, number := at(frame, "from.id").(json.Number); number {
			s.name = text(frame, "from.id")
		}
		s.tell(object{"type": "bind", "action": "bind", "user_id": at(frame, "from.id"), "client_id": s.id})
		return
	}
	if other := v.named(text(frame, "to.id")); other != nil {
		other.tell(frame)
		return
	}
	s.tell(object{"type": at(frame, "type"), "from": at(frame, "to"), "to": at(frame, "to"), "action": "error", "error": "offline"})
}

// loginOffer knows people by the name of their login. It tells only of an offer
// whose it is, and the end of a connection to whom it offered or answered.
type loginOffer struct {
	sockets
	other map[*socket]string
}

func (l *loginOffer) heard(s *socket, frame any) {
	kind, name := text(frame, "type"), text(frame, "name")
	other := l.named(name)
	switch {
	case kind == "login":
		if other == nil {
			s.name = name
		}
		s.tell(object{"type": "login", "success": other == nil})
	case kind == "leave":
		l.leave(name)
	case other != nil:
		out := object{"type": kind, kind: at(frame, kind)}
		if kind == "offer" {
			out["name"] = s.name
		}
		if kind != "candidate" {
			l.other[s] = name
		}
		other.tell(out)
	}
}

func (l *loginOffer) leave(name string) {
	if other := l.named(name); other != nil {
		delete(l.other, other)
		other.tell(object{"type": "leave"})
	}
}

func (l *loginOffer) closed(s *socket) {
	l.sockets.closed(s)
	if name := l.other[s]; name != "" {
		l.leave(name)
	}
}

// usernameTarget tells who is meant.
type usernameTarget struct{ sockets }

func (u *usernameTarget) heard(s *socket, frame any) {
	if text(frame, "event") == "join" {
		s.name = text(frame, "args.0")
		return
	}
	if other := u.named(text(frame, "args.0.target")); other != nil {
		emit(other, text(frame, "event"), at(frame, "args.0"))
	}
}

// peerJS knows people by the id in their address.
type peerJS struct{ sockets }

func (p *peerJS) opened(s *socket) {
	s.name = s.query["id"]
	p.sockets.opened(s)
	s.tell(object{"type": "OPEN"})
}

func (p *peerJS) heard(s *socket, frame any) {
	kind := text(frame, "type")
	if kind == "HEARTBEAT" {
		return
	}
	out := maps.Clone(frame.(object))
	out["src"] = s.name
	if other := p.named(text(frame, "dst")); other != nil {
		other.tell(out)
	} else if kind != "LEAVE" && kind != "EXPIRE" {
		s.tell(object{"type": "EXPIRE", "src": at(frame, "dst"), "dst": s.name})
	}
}

func (p *peerJS) asked(*parley, any) any {
	all := list{}
	for _, s := range p.all {
		all = append(all, s.name)
	}
	return object{"status": json.Number("200"), "body": all}
}

// callUser lets socket ids call each other, and believes that everybody's end
// ends the call.
type callUser struct{ sockets }

func (c *callUser) opened(s *socket) {
	c.sockets.opened(s)
	emit(s, "me", s.id)
}

func (c *callUser) heard(_ *socket, frame any) {
	switch text(frame, "event") {
	case "callUser":
		emit(c.byID(text(frame, "args.0.userToCall")), "callUser",
			object{"signal": at(frame, "args.0.signalData"), "from": at(frame, "args.0.from"), "name": at(frame, "args.0.name")})
	case "answerCall":
		emit(c.byID(text(frame, "args.0.to")), "callAccepted", at(frame, "args.0.signal"))
	}
}

func (c *callUser) closed(s *socket) {
	c.sockets.closed(s)
	for _, other := range c.all {
		emit(other, "callEnded")
	}
}

// janus is the VideoCall plugin, without what it does to the media.
type janus struct {
	sockets
	peer map[*socket]*socket
}

func (j *janus) heard(s *socket, frame any) {
	switch text(frame, "janus") {
	case "create", "attach":
		s.tell(object{"janus": "success", "transaction": at(frame, "transaction"), "data": object{"id": json.Number("7123456789012345678")}})
	case "message":
		j.request(s, frame)
	case "trickle":
		if other := j.peer[s]; other != nil {
			other.tell(object{"janus": "trickle", "candidate": at(frame, "candidate")})
		}
	}
}

func (j *janus) closed(s *socket) {
	j.sockets.closed(s)
	j.hangup(s)
}

func (j *janus) hangup(s *socket) {
	if other := j.peer[s]; other != nil {
		delete(j.peer, s)
		delete(j.peer, other)
		other.event("hangup", s.name, nil)
		s.event("hangup", s.name, nil)
	}
}

func (j *janus) request(s *socket, frame any) {
	jsep := at(frame, "jsep")
	switch text(frame, "body.request") {
	case "register":
		s.name = text(frame, "body.username")
		s.event("registered", s.name, nil)
	case "list":
		all := list{}
		for _, other := range j.all {
			all = append(all, other.name)
		}
		s.tell(object{"janus": "event", "plugindata": object{"data": object{"videocall": "event", "result": object{"list": all}}}})
	case "call":
		j.call(s, text(frame, "body.username"), jsep)
	case "accept":
		j.peer[s].event("accepted", s.name, jsep)
		s.event("accepted", s.name, nil)
	case "set":
		j.peer[s].event("update", "", jsep)
	case "hangup":
		j.hangup(s)
	}
}

func (j *janus) call(s *socket, name string, jsep any) {
	other := j.named(name)
	switch {
	case other == nil:
		s.tell(object{"janus": "event", "plugindata": object{"data": object{"videocall": "event", "error_code": json.Number("478")}}})
	case j.peer[other] != nil || j.peer[s] != nil:
		s.tell(object{"janus": "event", "plugindata": object{"data": object{"result": object{"event": "hangup", "username": s.name, "reason": "User busy"}}}})
	default:
		j.peer[s], j.peer[other] = other, s
		other.event("incomingcall", s.name, jsep)
		s.event("calling", "", nil)
	}
}

func (s *socket) event(event, name string, jsep any) {
	if s == nil {
		return
	}
	frame := object{"janus": "event", "plugindata": object{"data": object{"videocall": "event", "result": object{"event": event, "username": name}}}}
	if jsep != nil {
		frame["jsep"] = jsep
	}
	s.tell(frame)
}

// weChat takes what is said by HTTP, and tells it by WebSocket.
type weChat struct {
	sockets
	rows int
}

func (c *weChat) heard(s *socket, frame any) {
	if text(frame, "action") == "login" {
		s.name = text(frame, "data.uid")
	}
}

func (c *weChat) asked(p *parley, request any) any {
	answer := func(code string, data any) any {
		return object{"status": json.Number("200"), "body": object{"code": code, "msg": "ok", "data": data}}
	}
	if text(request, "path") == "/friend/list" {
		return answer("200001", object{"A": list{
			object{"friend": json.Number("1"), "nickname": "one"}, object{"friend": json.Number("2"), "nickname": "two"}, object{"friend": json.Number("3"), "nickname": "three"},
		}})
	}
	body := at(request, "body")
	c.rows++
	data := object{
		"id": json.Number("77"), "type": at(body, "type"), "content": at(body, "content"), "action": at(body, "action"),
		"from": object{"id": json.Number(p.name), "nickname": "nick " + p.name},
	}
	for _, key := range []string{"offer", "answer", "candidate", "action"} {
		if v := at(body, key); v != nil {
			data[key] = v
		} else {
			delete(data, key)
		}
	}
	if other := c.named(text(body, "to_user")); other != nil {
		other.tell(object{"who": "user", "action": "call", "data": data})
	}
	return answer("200001", object{"id": json.Number("77")})
}
