package x11

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"
)

const (
	// answerTime bounds how long a server may take to answer.
	answerTime = 2 * time.Second
	// maxReply bounds what a server can make us read: more than any cursor or list.
	maxReply = 1 << 24
)

// The kinds of what servers send.
const (
	kindError   = 0
	kindReply   = 1
	kindGeneric = 35 // an event that can be longer than 32 bytes
)

// Conn is a connection to an X server. It is used from one goroutine.
type Conn struct {
	Setup
	// OnEvent is called, if it is not nil, from within a method that waits for an
	// answer, for each event that came before it. It must not use the Conn.
	OnEvent func(Event)

	conn net.Conn
	in   *bufio.Reader
	out  []byte // requests that have not been sent
	seq  uint16 // of the last request
	ids  uint32 // how many have been made

	head   [32]byte // of what was read last
	body   []byte   // what follows it, if it is a reply
	failed error    // the first that no answer was waited for, since Check
	broken error    // why the connection is of no more use

	shm, damage, composite, fixes, randr extension
	canPassFD                            bool
}

// Dial connects to a display; "" is that of the environment variable DISPLAY.
// Errors are ErrDisplay and ErrSetup, ctx's, and those of package net.
func Dial(ctx context.Context, display string) (*Conn, error) {
	if display == "" {
		display = os.Getenv("DISPLAY")
	}
	a, err := parseDisplay(display)
	if err != nil {
		return nil, err
	}
	conn, err := a.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDisplay, err)
	}
	c, err := open(conn, cookie(a), a.screen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to display %q: %w", display, err), conn.Close())
	}
	return c, nil
}

// open greets the server at the other end of conn, and asks for the extensions.
func open(conn net.Conn, secret string, screen int) (*Conn, error) {
	c := &Conn{conn: conn, in: bufio.NewReader(conn)}
	c.out = append(c.out, greeting(secret)...)
	if err := c.flush(); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(c.in, c.head[:8]); err != nil {
		return nil, fmt.Errorf("reading the greeting: %w", err)
	}
	size := 4 * int(binary.LittleEndian.Uint16(c.head[6:]))
	if err := c.readBody(size); err != nil {
		return nil, fmt.Errorf("reading the greeting: %w", err)
	}
	if c.head[0] != 1 {
		return nil, refusal(c.body, c.head[1])
	}
	var err error
	if c.Setup, err = parseSetup(c.body, screen); err != nil {
		return nil, err
	}
	return c, c.findExtensions()
}

// Close ends the connection; the server frees what was made over it. It may be
// called again.
func (c *Conn) Close() error {
	_ = c.fail(net.ErrClosed)
	if err := c.conn.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// NewID names something that is going to be made. Ids are not used again; there
// are at least 2^18 of them, and what captures takes one for each look at a window
// that was moved, shown or made larger or smaller since the last: at 15 looks a second
// they last for almost five hours of nothing but that.
func (c *Conn) NewID() ID {
	c.ids++
	step := c.idMask & -c.idMask
	return ID(c.idBase | c.ids*step&c.idMask)
}

// Error is what a server answers to a request that it cannot fulfil.
type Error struct {
	Code  byte // of the X protocol, such as BadWindow, or of an extension
	Major byte // of the request
	Minor uint16
	ID    ID // what is wrong with the request, often
}

// The errors of the core protocol that matter here.
const (
	BadWindow   = 3
	BadMatch    = 8
	BadDrawable = 9
)

func (e *Error) Error() string {
	return fmt.Sprintf("X error %d to request %d.%d about %#x", e.Code, e.Major, e.Minor, uint32(e.ID))
}

// Send adds a request to what is sent with the next that waits for an answer.
// data is the second byte: that of a core request, or what an extension does.
func (c *Conn) Send(major, data byte, words ...uint32) {
	c.seq++
	c.out = append(c.out, major, data)
	c.out = binary.LittleEndian.AppendUint16(c.out, uint16(1+len(words))) //nolint:gosec // a few
	for _, w := range words {
		c.out = binary.LittleEndian.AppendUint32(c.out, w)
	}
}

// sendText is Send with text after the words.
func (c *Conn) sendText(major, data byte, text string, words ...uint32) {
	begin := len(c.out)
	c.Send(major, data, words...)
	size := 1 + len(words) + (len(text)+3)/4
	binary.LittleEndian.PutUint16(c.out[begin+2:], uint16(size)) //nolint:gosec // texts are our own
	c.out = append(append(c.out, text...), padding(len(text))...)
}

// pair puts two numbers into a word.
func pair(low, high int) uint32 { return uint32(uint16(low)) | uint32(uint16(high))<<16 } //nolint:gosec // as the protocol has them

// fail notes why the connection is of no more use, once.
func (c *Conn) fail(err error) error {
	if c.broken == nil {
		c.broken = err
	}
	return c.broken
}

// flush sends what waits to be sent.
func (c *Conn) flush() error {
	if c.broken != nil {
		return c.broken
	}
	out := c.out
	c.out = c.out[:0]
	if err := c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return c.fail(fmt.Errorf("talking to the display: %w", err))
	}
	if _, err := c.conn.Write(out); err != nil {
		return c.fail(fmt.Errorf("talking to the display: %w", err))
	}
	return nil
}

// answer sends what waits to be sent, and waits for the reply to the last
// request, which is in head and body until the next call.
func (c *Conn) answer() error {
	if err := c.flush(); err != nil {
		return err
	}
	for {
		if err := c.read(); err != nil {
			return c.fail(fmt.Errorf("listening to the display: %w", err))
		}
		last := binary.LittleEndian.Uint16(c.head[2:]) == c.seq
		switch {
		case c.head[0] == kindReply && last:
			return nil
		case c.head[0] == kindError && last:
			return c.parseError()
		case c.head[0] == kindError && c.failed == nil:
			c.failed = c.parseError()
		case c.head[0] > kindReply && c.OnEvent != nil:
			if e, known := c.event(); known {
				c.OnEvent(e)
			}
		}
	}
}

// read reads one message of the server.
func (c *Conn) read() error {
	if _, err := io.ReadFull(c.in, c.head[:]); err != nil {
		return err
	}
	kind := c.head[0] & 0x7f // the highest bit: made by another client
	if kind != kindReply && kind != kindGeneric {
		return nil
	}
	size := binary.LittleEndian.Uint32(c.head[4:])
	if size > maxReply/4 {
		return fmt.Errorf("an answer of %d words", size)
	}
	return c.readBody(4 * int(size))
}

// readBody reads what follows, piece by piece, so that a size alone reserves nothing.
func (c *Conn) readBody(size int) error {
	const piece = 1 << 16
	c.body = c.body[:0]
	for len(c.body) < size {
		begin := len(c.body)
		n := min(size-begin, piece)
		c.body = slices.Grow(c.body, n)[:begin+n]
		if _, err := io.ReadFull(c.in, c.body[begin:]); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) parseError() error {
	return &Error{
		Code: c.head[1], ID: ID(binary.LittleEndian.Uint32(c.head[4:])),
		Minor: binary.LittleEndian.Uint16(c.head[8:]), Major: c.head[10],
	}
}

// Check waits until the server has done what was sent, and returns what went
// wrong with it first, since the last Check.
func (c *Conn) Check() error {
	c.Send(opGetInputFocus, 0)
	if err := c.answer(); err != nil {
		return err
	}
	err := c.failed
	c.failed = nil
	return err
}
