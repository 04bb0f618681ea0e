package socketio

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// The reasons for which a session is over. The connection is to be closed, and
// can be opened again with a new Session.
var (
	ErrNotSocketIO  = errors.New("socketio: the server speaks something else")
	ErrVersion      = errors.New("socketio: the server speaks the other version of Engine.IO")
	ErrClosed       = errors.New("socketio: the server closed the connection")
	ErrDisconnected = errors.New("socketio: the server put us out of the namespace")
	ErrSilent       = errors.New("socketio: the server fell silent")
)

// ErrNoAck is the Err of Answered when nothing came in time.
var ErrNoAck = errors.New("socketio: no acknowledgement in time")

// ErrReserved is returned by Emit for names that Socket.IO keeps for itself.
var ErrReserved = errors.New("socketio: reserved name of an event")

// Options say how to connect. Zero values mean the defaults.
type Options struct {
	EIO       int           // version of Engine.IO: 3 or 4; 4
	Namespace string        // with or without the slash; "/"
	Auth      any           // payload of CONNECT, of version 4 only; nil: none
	Patience  time.Duration // for being connected, and for an acknowledgement; 10 s
}

// Out is what comes of a text or of time: one of the types below.
type Out interface{ out() }

type (
	// Write asks to write a text message.
	Write struct{ Text []byte }
	// Connected says that we are in the namespace, where others address us by SID.
	Connected struct{ SID string }
	// Event is something the server said.
	Event struct {
		Name string
		Args []any
	}
	// Answered is the acknowledgement of Emit's id: its arguments, or ErrNoAck.
	Answered struct {
		ID   int
		Args []any
		Err  error
	}
	// Refused says that the server does not let us in, or, once Connected, that
	// it complains. The connection stays. Text is its message, Data all it said.
	Refused struct {
		Text string
		Data any
	}
	// Misunderstood is a text that could not be read, which changes nothing.
	Misunderstood struct{ Err error }
)

func (Write) out()         {}
func (Connected) out()     {}
func (Event) out()         {}
func (Answered) out()      {}
func (Refused) out()       {}
func (Misunderstood) out() {}

// Frame returns the event as dialects see it: {"event": name, "args": [...]}.
func (e Event) Frame() map[string]any {
	return map[string]any{"event": e.Name, "args": e.Args}
}

// Session is the state of one connection. Its methods are to be called from one
// goroutine at a time.
type Session struct {
	options   Options
	heartbeat heartbeat
	patience  time.Time // when the server must have let us in, or refused; zero: it did
	sid       string    // of Engine.IO; "" before its handshake
	connected bool
	lastID    int
	waiting   map[int]time.Time // acknowledgements, and when each is late
	over      error             // why; nil while it lives
}

// New returns the session of a WebSocket that has just been opened.
func New(o Options, now time.Time) *Session {
	if o.EIO != 3 {
		o.EIO = 4
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	o.Namespace = namespace(o.Namespace)
	return &Session{
		options:  o,
		patience: now.Add(o.Patience),
		waiting:  map[int]time.Time{},
	}
}

// Connected tells whether we are in the namespace.
func (s *Session) Connected() bool { return s.connected }

// Hear takes a text message. The error says that the session is over.
func (s *Session) Hear(text []byte, now time.Time) ([]Out, error) {
	if s.over != nil {
		return nil, s.over
	}
	out, err := s.hear(text, now)
	s.over = err
	return out, err
}

func (s *Session) hear(text []byte, now time.Time) ([]Out, error) {
	if s.sid == "" {
		return s.open(text, now)
	}
	s.heartbeat.heard(now)
	if len(text) == 0 {
		return misunderstood(fmt.Errorf("%w: empty", ErrMalformed)), nil
	}
	switch engine(text[0]) {
	case engineClose:
		return nil, ErrClosed
	case enginePing:
		pong := append([]byte{byte(enginePong)}, text[1:]...)
		return []Out{Write{pong}}, nil
	case enginePong, engineUpgrade, engineNoop, engineBinary:
		return nil, nil
	case engineMessage:
		p, err := DecodePacket(text[1:])
		if err != nil {
			return misunderstood(err), nil
		}
		return s.packet(p)
	case engineOpen:
	}
	return misunderstood(fmt.Errorf("%w: no packet of Engine.IO", ErrMalformed)), nil
}

func misunderstood(err error) []Out { return []Out{Misunderstood{err}} }

// open reads the handshake of Engine.IO, the first thing that a server says.
func (s *Session) open(text []byte, now time.Time) ([]Out, error) {
	var h struct {
		SID          string  `json:"sid"`
		PingInterval float64 `json:"pingInterval"` // ms
		PingTimeout  float64 `json:"pingTimeout"`  // ms
	}
	if len(text) == 0 || engine(text[0]) != engineOpen || json.Unmarshal(text[1:], &h) != nil || h.SID == "" {
		return nil, ErrNotSocketIO
	}
	s.sid = h.SID
	s.heartbeat.begin(h.PingInterval, h.PingTimeout, s.options.EIO == 3, now)
	if s.options.EIO == 3 && s.options.Namespace == "/" {
		return nil, nil // the server lets us in by itself
	}
	hello := Packet{Type: Connect, Namespace: s.options.Namespace, ID: NoID}
	if s.options.EIO == 4 {
		hello.Data = s.options.Auth
	}
	out, err := hello.Encode()
	if err != nil {
		return nil, err
	}
	return []Out{Write{out}}, nil
}

// packet takes a packet of Socket.IO. Those of other namespaces are not for us.
func (s *Session) packet(p Packet) ([]Out, error) {
	if p.Namespace != s.options.Namespace {
		return nil, nil
	}
	switch p.Type {
	case Connect:
		return s.connect(p)
	case Disconnect:
		return nil, ErrDisconnected
	case ConnectError:
		s.patience = time.Time{}
		return []Out{refused(p.Data)}, nil
	case EventPacket, BinaryEvent:
		if !s.connected {
			return misunderstood(fmt.Errorf("%w: event before the namespace is joined", ErrMalformed)), nil
		}
		name, args, _ := p.event()
		return []Out{Event{name, args}}, nil
	case Ack, BinaryAck:
		if _, ok := s.waiting[p.ID]; !ok {
			return nil, nil // too late
		}
		delete(s.waiting, p.ID)
		args, _ := p.Data.([]any)
		return []Out{Answered{ID: p.ID, Args: args}}, nil
	}
	return nil, nil
}

// connect takes the word that we are in. Only Engine.IO 4 has an id in it; a
// server that lets us in without one expects pings that we do not send.
func (s *Session) connect(p Packet) ([]Out, error) {
	if s.connected {
		return nil, nil
	}
	sid := s.sid
	switch reply, _ := p.Data.(map[string]any); {
	case s.options.EIO == 4:
		if sid, _ = reply["sid"].(string); sid == "" {
			return nil, ErrVersion
		}
	case s.options.Namespace != "/":
		sid = s.options.Namespace + "#" + sid
	}
	s.connected, s.patience = true, time.Time{}
	return []Out{Connected{sid}}, nil
}

// refused reads {"message", "data"}, or the bare value of older servers.
func refused(data any) Refused {
	r := Refused{Data: data}
	switch v := data.(type) {
	case string:
		r.Text = v
	case map[string]any:
		r.Text, _ = v["message"].(string)
	}
	return r
}

// Emit returns the text that says an event, and with ack the id of the Answered
// that will follow. It fails for reserved names and for what JSON cannot hold.
func (s *Session) Emit(event string, args []any, ack bool, now time.Time) (text []byte, id int, err error) {
	if reserved(event) {
		return nil, NoID, fmt.Errorf("%w: %q", ErrReserved, event)
	}
	p := Packet{Type: EventPacket, Namespace: s.options.Namespace, ID: NoID, Data: append([]any{event}, args...)}
	if ack {
		p.ID = s.lastID + 1
	}
	if text, err = p.Encode(); err != nil {
		return nil, NoID, err
	}
	if ack {
		s.lastID = p.ID
		s.waiting[p.ID] = now.Add(s.options.Patience)
	}
	return text, p.ID, nil
}

func reserved(event string) bool {
	switch event {
	case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener":
		return true
	}
	return false
}

// Leave returns the text to write before the WebSocket is closed for good, nil
// if nothing is to be said.
func (s *Session) Leave() []byte {
	if !s.connected || s.over != nil {
		return nil
	}
	text, err := Packet{Type: Disconnect, Namespace: s.options.Namespace, ID: NoID}.Encode()
	if err != nil {
		return nil
	}
	return text
}

// Tick does what is due. The error says that the session is over.
func (s *Session) Tick(now time.Time) ([]Out, error) {
	if s.over != nil {
		return nil, s.over
	}
	if s.heartbeat.isLate(now) || !s.patience.IsZero() && !now.Before(s.patience) {
		s.over = ErrSilent
		return nil, s.over
	}
	var out []Out
	if s.heartbeat.ping(now) {
		out = append(out, Write{[]byte{byte(enginePing)}})
	}
	for _, id := range slices.Sorted(maps.Keys(s.waiting)) {
		if !now.Before(s.waiting[id]) {
			delete(s.waiting, id)
			out = append(out, Answered{ID: id, Err: ErrNoAck})
		}
	}
	return out, nil
}

// Next is when Tick has something to do, zero for never.
func (s *Session) Next() time.Time {
	if s.over != nil {
		return time.Time{}
	}
	next := earlier(s.heartbeat.next(), s.patience)
	for _, late := range s.waiting {
		next = earlier(next, late)
	}
	return next
}
