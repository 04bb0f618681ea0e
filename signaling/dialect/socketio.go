package dialect

import (
	"errors"
	"fmt"
	"time"

	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
	"parley/signaling/wire"
	"parley/signaling/wire/socketio"
)

// events is a WebSocket that speaks Socket.IO.
type events struct {
	socket  *socket
	session *socketio.Session
	tickets map[int]int // by the id of the acknowledgement
}

var _ framing = (*events)(nil)

// errRefused is why a Socket.IO connection ends that the server let us make, but
// not enter a namespace on.
var errRefused = errors.New("the server does not let us into the namespace")

// socketIO returns what speaks Socket.IO on each opening of a channel.
func socketIO(k *link, c profile.Channel) (func(*socket, time.Time) framing, error) {
	o := socketio.Options{EIO: c.EIO, Namespace: c.Namespace}
	if c.Auth != nil {
		auth, err := k.engine.Fill(*c.Auth)
		if err != nil {
			return nil, fmt.Errorf("auth: %w", err)
		}
		o.Auth = auth
	}
	return func(s *socket, now time.Time) framing {
		return &events{socket: s, session: socketio.New(o, now), tickets: map[int]int{}}
	}, nil
}

// start implements framing: the server speaks first.
func (*events) start() {}

// hear implements framing.
func (e *events) hear(m wire.Message, now time.Time) error {
	switch {
	case m.Binary:
		return nil // an attachment; its event has a placeholder for it
	case m.Cut:
		e.socket.odd()
		return nil
	}
	out, err := e.session.Hear(m.Data, now)
	return errors.Join(err, e.each(out))
}

// each does what comes out of the session.
func (e *events) each(out []socketio.Out) error {
	for _, o := range out {
		if e.socket.framing != e {
			return nil // the engine had it closed
		}
		switch o := o.(type) {
		case socketio.Write:
			if err := e.socket.line.Send(o.Text); err != nil {
				return fmt.Errorf("send by %s: %w", e.socket.via, err)
			}
		case socketio.Connected:
			e.connected(o)
		case socketio.Event:
			e.socket.heard(o.Frame())
		case socketio.Answered:
			e.answered(o)
		case socketio.Refused:
			if err := e.refused(o); err != nil {
				return err
			}
		case socketio.Misunderstood:
			e.socket.odd()
		}
	}
	return nil
}

// connected tells the engine that it can speak, and its id: that is what others
// on the server address a socket by.
func (e *events) connected(o socketio.Connected) {
	e.socket.ready()
	if e.socket.framing == e {
		e.socket.heard(map[string]any{"event": "connect", "args": []any{map[string]any{"sid": o.SID}}})
	}
}

// answered hands an acknowledgement to who asked.
func (e *events) answered(o socketio.Answered) {
	ticket, ok := e.tickets[o.ID]
	if !ok {
		return
	}
	delete(e.tickets, o.ID)
	k := e.socket.link
	k.act(k.engine.Answered(ticket, map[string]any{"args": o.Args}, o.Err, time.Now()))
}

// refused tells that the server does not let us in, which is tried again later:
// it may have been waiting for something.
func (e *events) refused(o socketio.Refused) error {
	err := fmt.Errorf("%w: %s", errRefused, o.Text)
	e.socket.link.loop.fault("refused", err)
	if e.session.Connected() {
		return nil
	}
	return err
}

// write implements framing.
func (e *events) write(w engine.Write, now time.Time) error {
	name, args, err := event(w.Body)
	if err != nil {
		return fmt.Errorf("send by %s: %w", w.Via, err)
	}
	text, id, err := e.session.Emit(name, args, w.Ack, now)
	if err != nil {
		return fmt.Errorf("send by %s: %w", w.Via, err)
	}
	if err := e.socket.line.Send(text); err != nil {
		return fmt.Errorf("send by %s: %w", w.Via, err)
	}
	if w.Ack {
		e.tickets[id] = w.Ticket
	}
	return nil
}

// event reads {"event": name, "args": [...]}.
func event(body any) (name string, args []any, err error) {
	frame, _ := body.(map[string]any)
	name, ok := value.Text(frame["event"])
	if !ok || name == "" {
		return "", nil, errors.New("a frame of Socket.IO without an event")
	}
	switch a := frame["args"].(type) {
	case nil:
	case []any:
		args = a
	default:
		return "", nil, errors.New("a frame of Socket.IO whose args are no list")
	}
	return name, args, nil
}

// tick implements framing.
func (e *events) tick(now time.Time) error {
	out, err := e.session.Tick(now)
	return errors.Join(err, e.each(out))
}

// next implements framing.
func (e *events) next() time.Time { return e.session.Next() }
