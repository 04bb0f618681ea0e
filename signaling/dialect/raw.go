package dialect

import (
	"fmt"
	"time"
	"unicode/utf8"

	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/value"
	"parley/signaling/wire"
)

// raw is a plain WebSocket: one JSON value is one message.
type raw struct{ socket *socket }

var _ framing = raw{}

func beginRaw(s *socket, _ time.Time) framing { return raw{s} }

// start implements framing.
func (r raw) start() { r.socket.ready() }

// hear implements framing. What is no JSON, like a greeting, is a frame that is
// a string. Servers that hand on what they read, without looking at it, make
// binary messages of text ones.
func (r raw) hear(m wire.Message, _ time.Time) error {
	if m.Cut {
		r.socket.odd()
		return nil
	}
	frame, err := value.Decode(m.Data)
	switch {
	case err == nil:
		r.socket.heard(frame)
	case utf8.Valid(m.Data):
		r.socket.heard(string(m.Data))
	default:
		r.socket.odd()
	}
	return nil
}

// write implements framing.
func (r raw) write(w engine.Write, _ time.Time) error {
	text, err := value.Encode(w.Body)
	if err != nil {
		return fmt.Errorf("send by %s: %w", w.Via, err)
	}
	if err := r.socket.line.Send(text); err != nil {
		return fmt.Errorf("send by %s: %w", w.Via, err)
	}
	return nil
}

func (raw) tick(time.Time) error { return nil }
func (raw) next() time.Time      { return time.Time{} }
