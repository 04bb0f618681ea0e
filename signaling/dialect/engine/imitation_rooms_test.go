package engine_test

import (
	"encoding/json"
)

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
