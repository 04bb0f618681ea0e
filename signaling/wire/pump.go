package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// read reads messages until the connection fails.
func (c *Conn) read(receive func(Message) error) error {
	c.ws.SetPingHandler(func(data string) error {
		c.heard()
		select {
		case c.pongs <- []byte(data):
		default: // RFC 6455 section 5.5.3: one answer to several pings will do
		}
		return nil
	})
	c.ws.SetPongHandler(func(string) error {
		c.heard()
		return nil
	})
	for {
		c.heard()
		if err := c.receive(receive); err != nil {
			return reading(err)
		}
	}
}

// receive reads one message. Messages that come while the connection is closing
// are read, because the other side's farewell stands behind them, and dropped.
func (c *Conn) receive(receive func(Message) error) error {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(c.limits.MaxMessage)+1))
	if err != nil {
		return err
	}
	m := Message{Data: data, Binary: kind == websocket.BinaryMessage}
	if len(data) > c.limits.MaxMessage { // what is left of it, NextReader skips
		m.Data, m.Cut = data[:c.limits.MaxMessage], true
	}
	switch {
	case c.isParting():
	case m.Cut && !c.limits.Cut:
		c.part(farewell{code: websocket.CloseMessageTooBig, text: "too-large"}, ErrTooLarge)
	default:
		if err := receive(m); err != nil {
			c.part(farewell{code: websocket.CloseNormalClosure}, err)
		}
	}
	return nil
}

func (c *Conn) isParting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.parting
}

// heard puts the end of patience off, unless we are leaving anyway.
func (c *Conn) heard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.parting {
		_ = c.ws.SetReadDeadline(time.Now().Add(c.limits.Silence)) // a dead socket fails the read itself
	}
}

func reading(err error) error {
	var closed *websocket.CloseError
	var timeout net.Error // which gorilla makes of os.ErrDeadlineExceeded
	switch {
	case errors.As(err, &closed):
		return &CloseError{closed.Code, closed.Text}
	case errors.As(err, &timeout) && timeout.Timeout():
		return ErrSilent
	}
	return fmt.Errorf("wire: read: %w", err)
}

// write writes what is queued, pings and pongs until the connection ends.
func (c *Conn) write(ended <-chan struct{}) {
	ping := time.NewTicker(c.limits.Ping)
	defer ping.Stop()
	var err error
	for err == nil {
		// A farewell comes before what is queued; leave decides what becomes of that.
		select {
		case f := <-c.closing:
			c.leave(f)
			return
		default:
		}
		select {
		case <-ended:
			return
		case f := <-c.closing:
			c.leave(f)
			return
		case text := <-c.queue:
			err = c.writeText(text, time.Now().Add(c.limits.Write))
		case data := <-c.pongs:
			err = c.control(websocket.PongMessage, data)
		case <-ping.C:
			err = c.control(websocket.PingMessage, nil)
		}
	}
	// Wake the reader, which reports the end.
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.parting {
		c.parting, c.cause = true, fmt.Errorf("wire: write: %w", err)
	}
	c.sever()
}

func (c *Conn) writeText(text []byte, deadline time.Time) error {
	c.waiting.Add(-int64(len(text)))
	if err := c.ws.SetWriteDeadline(deadline); err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.TextMessage, text)
}

func (c *Conn) control(kind int, data []byte) error {
	return c.ws.WriteControl(kind, data, time.Now().Add(c.limits.Write))
}

// leave writes what is queued and the closing frame. The reader waits for the
// other side's answer as long as patience allows.
func (c *Conn) leave(f farewell) {
	if !f.unread && !c.flush() {
		c.sever()
		return
	}
	message := websocket.FormatCloseMessage(f.code, f.text)
	if c.ws.WriteControl(websocket.CloseMessage, message, c.patience) != nil {
		c.sever()
	}
}

// flush writes what is queued and tells whether it could. Nothing is added
// meanwhile, because the connection is parting.
func (c *Conn) flush() bool {
	for {
		select {
		case text := <-c.queue:
			if c.writeText(text, c.patience) != nil {
				return false
			}
		default:
			return true
		}
	}
}
