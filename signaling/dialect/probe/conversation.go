package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"parley/signaling/dialect/value"
	"parley/signaling/wire"
	"parley/signaling/wire/socketio"
)

// door is one way to open a WebSocket. With events it speaks Socket.IO.
type door struct {
	url          string
	header       http.Header
	subprotocols []string
	events       *socketio.Options // nil: raw
}

// conversation is one connection. What the server says is in frames, which is
// closed when the connection ends; then err says why.
type conversation struct {
	conn   *wire.Conn
	frames chan any
	done   chan struct{}
	err    error // once done

	mu      sync.Mutex // guards session, which two sides use
	session *socketio.Session
	refusal string // why we are not let into the namespace
}

const maxFrames = 64 // waiting to be looked at; more are left out

// errRefused is why a conversation ends into which the server does not let us.
var errRefused = errors.New("probe: not let in")

// open opens a WebSocket, and for Socket.IO waits to be let in.
func (at *origin) open(ctx context.Context, d door) (*conversation, error) {
	conn, err := wire.Dial(ctx, at.wireOptions(d))
	if err != nil {
		return nil, err
	}
	c := &conversation{conn: conn, frames: make(chan any, maxFrames), done: make(chan struct{})}
	if d.events != nil {
		c.session = socketio.New(*d.events, time.Now())
	}
	go func() {
		defer close(c.done)
		defer close(c.frames)
		c.err = conn.Serve(ctx, websocket.CloseNormalClosure, c.hear)
	}()
	return c, nil
}

// close ends the conversation, with a goodbye, and waits for its end.
func (c *conversation) close() {
	c.mu.Lock()
	if c.session != nil {
		if text := c.session.Leave(); text != nil {
			_ = c.conn.Send(text)
		}
	}
	c.mu.Unlock()
	c.conn.Close(websocket.CloseNormalClosure, "")
	<-c.done
}

// hear takes a message, on the connection's goroutine.
func (c *conversation) hear(m wire.Message) error {
	if c.session != nil {
		return c.hearEvents(m)
	}
	switch frame, err := value.Decode(m.Data); {
	case err == nil:
		c.push(frame)
	case utf8.Valid(m.Data): // a greeting
		c.push(string(m.Data))
	}
	return nil
}

func (c *conversation) push(frame any) {
	select {
	case c.frames <- frame:
	default:
	}
}

func (c *conversation) hearEvents(m wire.Message) error {
	if m.Binary {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.session.Hear(m.Data, time.Now())
	for _, o := range out {
		switch o := o.(type) {
		case socketio.Write:
			err = errors.Join(err, c.conn.Send(o.Text))
		case socketio.Connected:
			c.push(map[string]any{"event": "connect", "args": []any{map[string]any{"sid": o.SID}}})
		case socketio.Event:
			c.push(o.Frame())
		case socketio.Refused:
			c.refusal = o.Text
			return errRefused
		case socketio.Answered, socketio.Misunderstood:
		}
	}
	return err
}

// say says a frame. A raw server is told nothing but JSON.
func (c *conversation) say(frame any) error {
	text, err := value.Encode(frame)
	if c.session != nil {
		text, err = c.event(frame)
	}
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	return c.conn.Send(text)
}

func (c *conversation) event(frame any) ([]byte, error) {
	members, _ := frame.(map[string]any)
	name, ok := members["event"].(string)
	if !ok {
		return nil, errors.New("a frame of Socket.IO without an event")
	}
	args, _ := members["args"].([]any)
	c.mu.Lock()
	defer c.mu.Unlock()
	text, _, err := c.session.Emit(name, args, false, time.Now())
	return text, err
}

// next returns the next frame. ok is false when the connection ended or ctx did.
func (c *conversation) next(ctx context.Context) (frame any, ok bool) {
	select {
	case frame, ok = <-c.frames:
		return frame, ok
	case <-ctx.Done():
		return nil, false
	}
}

// enter waits until frames can be said: in Socket.IO the first is the word that
// we are in.
func (c *conversation) enter(ctx context.Context) error {
	if c.session == nil {
		return nil
	}
	if _, ok := c.next(ctx); ok {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	<-c.done
	return fmt.Errorf("probe: the connection ended: %w", c.err)
}

// listen collects what a server says by itself until heard is enough, or the
// connection ends, or a while has passed.
func (c *conversation) listen(ctx context.Context, while time.Duration, enough func(frame any) bool) (frames []any) {
	ctx, cancel := context.WithTimeout(ctx, while)
	defer cancel()
	for {
		frame, ok := c.next(ctx)
		if !ok {
			return frames
		}
		if frames = append(frames, frame); enough(frame) {
			return frames
		}
	}
}
