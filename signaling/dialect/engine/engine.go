// Package engine turns frames of a server into signaling messages and back, as
// a profile says. It is pure: no I/O, no clock, no goroutine. Whoever runs it
// carries out what it returns.
//
// One Engine is one connection: of a person to their server, or of one room.
//
// It may import signaling, media, signaling/dialect/value and
// signaling/dialect/profile.
package engine

import (
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// Options say as whom, and where, an Engine speaks.
type Options struct {
	Profile *profile.Profile
	Server  string            // Server of addresses
	Params  map[string]string // by Param.Key; "name" and "room" among them
	Display string            // what others shall read, "" for the name
	Random  func() string     // 26 random letters and digits; for ids
}

// Act is something to be done: one of the types below, in the order returned.
type Act interface{ act() }

type (
	// Write sends a frame. Ticket is not zero where an answer is wanted: hand it
	// to Answered.
	Write struct {
		Via    string
		Body   any // see profile.ChannelKind
		Ack    bool
		Ticket int
	}
	// Open opens a channel other than main, whose turn has come.
	Open struct{ Via string }
	// Drop closes every connection; they are opened anew.
	Drop struct{}
	// End closes everything for good: trying again is pointless.
	End struct{ Err error }
	// Ready says that we are known: Self is zero in rooms without names.
	Ready struct {
		Self signaling.Member
		ICE  []signaling.ICEServer
	}
	// Here is the complete list of who can be called, as far as the server tells.
	// In a room it is the room alone, if Others are in it, or that is not known.
	Here struct{ Members []signaling.Member }
	// Post hands on an event: Received or Fault.
	Post struct{ Event signaling.Event }
	// Puzzle asks the user to solve a captcha; see Engine.Solved.
	Puzzle struct{ Challenge signaling.Challenge }
)

func (Write) act()  {}
func (Open) act()   {}
func (Drop) act()   {}
func (End) act()    {}
func (Ready) act()  {}
func (Here) act()   {}
func (Post) act()   {}
func (Puzzle) act() {}

// Engine is the state of one connection.
type Engine struct{ options Options }

// New returns an engine that is not connected.
func New(o Options) *Engine { return &Engine{options: o} }

// Opened says that a channel is there: for Socket.IO, in its namespace. main is
// the first; after a loss everything begins anew, but calls go on.
func (e *Engine) Opened(via string, now time.Time) []Act { panic("being written") }

// Closed says that main was lost.
func (e *Engine) Closed(now time.Time) []Act { panic("being written") }

// Heard takes a frame.
func (e *Engine) Heard(via string, frame any, now time.Time) []Act { panic("being written") }

// Answered takes what came back for a Write: an error if nothing did.
func (e *Engine) Answered(ticket int, frame any, err error, now time.Time) []Act {
	panic("being written")
}

// Send says a message. The error is signaling.ErrOffline before Ready.
func (e *Engine) Send(m signaling.Envelope, now time.Time) ([]Act, error) { panic("being written") }

// Solved takes the user's answer to a Puzzle: the piece's distance from the
// left, in pixels of the picture.
func (e *Engine) Solved(x int, now time.Time) []Act { panic("being written") }

// Tick does what is due.
func (e *Engine) Tick(now time.Time) []Act { panic("being written") }

// Next is when Tick has something to do; zero for never.
func (e *Engine) Next() time.Time { panic("being written") }

// NotUnderstood counts frames that no rule matched, and tells the last one's
// shape: its member names, or its event, without what they hold.
func (e *Engine) NotUnderstood() (count int, last string) { panic("being written") }
