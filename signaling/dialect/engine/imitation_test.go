package engine_test

import (
	"encoding/json"
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
