package engine_test

import (
	"encoding/json"
	"maps"
	"slices"

	"parley/signaling/dialect/value"
)

// object and list spell JSON.
type (
	object = map[string]any
	list   = []any
)

// at finds something in a frame, nil if it is not there.
func at(frame any, path string) any {
	p, err := value.ParsePath(path)
	if err != nil {
		return nil
	}
	v, _ := p.Find(frame)
	return v
}

func text(frame any, path string) string {
	s, _ := value.Text(at(frame, path))
	return s
}

// sockets are those of an imitation, in the order in which they came.
type sockets struct{ all []*socket }

func (x *sockets) opened(s *socket) { x.all = append(x.all, s) }

func (x *sockets) closed(s *socket) {
	x.all = slices.DeleteFunc(x.all, func(one *socket) bool { return one == s })
}

func (*sockets) asked(*parley, any) any { return object{"status": json.Number("404")} }

// in returns the sockets of a room, but for one.
func (x *sockets) in(room string, but *socket) []*socket {
	var out []*socket
	for _, s := range x.all {
		if s.room == room && s != but {
			out = append(out, s)
		}
	}
	return out
}

// named returns the last socket of a name.
func (x *sockets) named(name string) *socket {
	for _, s := range slices.Backward(x.all) {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (x *sockets) byID(id string) *socket {
	for _, s := range x.all {
		if s.id == id {
			return s
		}
	}
	return nil
}

func emit(s *socket, event string, args ...any) {
	if s != nil {
		if args == nil {
			args = list{}
		}
		s.tell(object{"event": event, "args": args})
	}
}

// roomDemo is a room demo: everything goes to everybody, under other names.
type roomDemo struct {
	sockets
	framing string // ws, socketio, nest
	renamed map[string]string
}

func (d *roomDemo) opened(s *socket) {
	d.sockets.opened(s)
	if d.framing == "ws" {
		s.tell(json.Number("123"))
	} else {
		d.say(s, "connectionSuccess", nil)
	}
}

func (d *roomDemo) heard(s *socket, frame any) {
	event := text(frame, "event")
	data, room := d.contents(frame)
	if event == "joinRoom" {
		s.room = room
		return
	}
	member := map[string]string{"sendOffer": "offer", "sendAnswer": "answer", "sendCandidate": "candidate"}[event]
	var payload any
	if member != "" {
		payload = at(data, member)
	}
	name := event
	if d.renamed[event] != "" {
		name = d.renamed[event]
	}
	for _, other := range d.in(room, nil) {
		d.say(other, name, payload)
	}
}

// contents returns what a frame speaks of, and of which room.
func (d *roomDemo) contents(frame any) (data any, room string) {
	switch d.framing {
	case "ws":
		return frame, text(frame, "roomId")
	case "nest":
		data = at(frame, "data")
	default:
		data = at(frame, "args.0")
	}
	if s, ok := data.(string); ok {
		return data, s
	}
	return data, text(data, "roomId")
}

func (d *roomDemo) say(s *socket, event string, payload any) {
	switch {
	case d.framing == "nest":
		s.tell(object{"event": event, "data": payload})
	case d.framing == "socketio" && payload == nil:
		emit(s, event)
	case d.framing == "socketio":
		emit(s, event, payload)
	default:
		member := map[string]string{"sendOffer": "offer", "sendAnswer": "answer", "sendCandidate": "candidate"}[event]
		frame := object{"event": event}
		if member != "" {
			frame[member] = payload
		}
		s.tell(frame)
	}
}

func demoNames() map[string]string {
	return map[string]string{"callRemote": "receiveCall", "sendAnswer": "receiveAnswer", "sendCandidate": "receiveCandidate"}
}

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

// ayame has rooms of two, which end together.
type ayame struct{ sockets }

func (y *ayame) heard(s *socket, frame any) {
	others := y.in("room 1", s)
	switch text(frame, "type") {
	case "register":
		if len(others) >= 2 {
			s.tell(object{"type": "reject", "reason": "full"})
			return
		}
		s.room = text(frame, "roomId")
		s.tell(object{"type": "accept", "isExistClient": len(others) > 0, "iceServers": list{object{"urls": list{"stun:ice.example"}}}})
		s.tell(object{"type": "ping"})
	case "offer", "answer", "candidate":
		for _, other := range others {
			other.tell(frame)
		}
	}
}

func (y *ayame) closed(s *socket) {
	y.sockets.closed(s)
	if s.room == "" {
		return
	}
	for _, other := range y.in(s.room, s) {
		other.tell(object{"type": "bye"})
		s.of.w.later(other.cut)
	}
}

// joinOtherJoin has rooms of two, and tells who is there of who comes.
type joinOtherJoin struct{ sockets }

func (j *joinOtherJoin) heard(s *socket, frame any) {
	room := text(frame, "args.0")
	switch text(frame, "event") {
	case "join":
		others := j.in(room, s)
		if len(others) >= 2 {
			emit(s, "full", room, s.id)
			return
		}
		s.room = room
		emit(s, "joined", room, s.id)
		for _, other := range others {
			emit(other, "otherjoin", room, s.id)
		}
	case "message":
		for _, other := range j.in(room, s) {
			emit(other, "message", room, at(frame, "args.1"))
		}
	case "leave":
		s.room = ""
		for _, other := range j.in(room, s) {
			emit(other, "bye", room, s.id)
		}
		emit(s, "leaved", room, s.id)
	}
}

// simplePeer tells who comes of who is there.
type simplePeer struct{ sockets }

func (p *simplePeer) heard(s *socket, frame any) {
	switch text(frame, "event") {
	case "join room":
		s.room = text(frame, "args.0")
		ids := list{}
		for _, other := range p.in(s.room, s) {
			ids = append(ids, other.id)
		}
		emit(s, "all users", ids)
	case "sending signal":
		emit(p.byID(text(frame, "args.0.userToSignal")), "user joined",
			object{"signal": at(frame, "args.0.signal"), "callerID": at(frame, "args.0.callerID")})
	case "returning signal":
		emit(p.byID(text(frame, "args.0.callerID")), "receiving returned signal",
			object{"signal": at(frame, "args.0.signal"), "id": s.id})
	}
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

// userConnected tells of who comes and goes by one server, and carries calls by
// a PeerJS beside it.
type userConnected struct {
	sockets
	peers peerJS
}

func (u *userConnected) opened(s *socket) {
	if s.via == "peer" {
		u.peers.opened(s)
	} else {
		u.sockets.opened(s)
	}
}

func (u *userConnected) closed(s *socket) {
	if s.via == "peer" {
		u.peers.closed(s)
		return
	}
	u.sockets.closed(s)
	for _, other := range u.in(s.room, s) {
		emit(other, "user-disconnected", s.name)
	}
}

func (u *userConnected) heard(s *socket, frame any) {
	if s.via == "peer" {
		u.peers.heard(s, frame)
		return
	}
	s.room, s.name = text(frame, "args.0"), text(frame, "args.1")
	for _, other := range u.in(s.room, s) {
		emit(other, "user-connected", s.name)
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
		if other := j.peer[s]; other != nil {
			delete(j.peer, s)
			delete(j.peer, other)
			other.event("hangup", s.name, nil)
			s.event("hangup", s.name, nil)
		}
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

// dialects are the imitations of every shipped profile.
func dialects() map[string]func() imitation {
	return map[string]func() imitation{
		"room-ws":         func() imitation { return &roomDemo{framing: "ws"} },
		"room-socketio":   func() imitation { return &roomDemo{framing: "socketio"} },
		"room-socketio-2": func() imitation { return &roomDemo{framing: "socketio", renamed: demoNames()} },
		"room-nest":       func() imitation { return &roomDemo{framing: "nest", renamed: demoNames()} },
		"vue-av-call":     func() imitation { return &vueAVCall{} },
		"login-offer":     func() imitation { return &loginOffer{other: map[*socket]string{}} },
		"username-target": func() imitation { return &usernameTarget{} },
		"peerjs":          func() imitation { return &peerJS{} },
		"ayame":           func() imitation { return &ayame{} },
		"join-otherjoin":  func() imitation { return &joinOtherJoin{} },
		"simple-peer":     func() imitation { return &simplePeer{} },
		"call-user":       func() imitation { return &callUser{} },
		"user-connected":  func() imitation { return &userConnected{} },
		"janus-videocall": func() imitation { return &janus{peer: map[*socket]*socket{}} },
		"wechat-clone":    func() imitation { return &weChat{} },
	}
}
