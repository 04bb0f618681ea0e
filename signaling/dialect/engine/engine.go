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
	"maps"
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
	// Drop closes every connection; they are opened anew. Leaving says that nothing
	// is wrong with them: their end is a call's.
	Drop struct{ Leaving bool }
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

// Engine is the state of one connection. It is not safe for concurrent use.
type Engine struct {
	options Options
	profile *profile.Profile
	random  string // ${random}

	now  time.Time // of what is going on
	acts []Act     // that come of it

	open     map[string]bool // channels
	over     bool            // Drop or End was said
	ready    bool            // we are known
	welcome  bool            // we were known once
	identity identity
	once     once
	puzzle   puzzle
	vars     map[string]any
	ice      []signaling.ICEServer
	self     any // as the server told; nil: as the profile says
	ids      ids
	crowd    crowd
	timers   []time.Time // when each is due; zero: never
	tickets  tickets
	early    early
	echoes   echoes
	talks    map[string]*talk // by the name in the peer's address
	kept     *keptOffer
	coming   comer
	quiet    time.Time            // until then who stayed does not ring
	waiting  []signaling.Envelope // heard before we were known
	missed   missed
}

// New returns an engine that is not connected.
func New(o Options) *Engine {
	e := &Engine{options: o, profile: o.Profile, random: o.Random(), talks: map[string]*talk{}, over: true}
	e.forget()
	return e
}

// forget drops what is true of one connection only.
func (e *Engine) forget() {
	e.open, e.vars, e.self = map[string]bool{}, map[string]any{}, e.once.self
	maps.Copy(e.vars, e.once.vars)
	e.ready, e.ice, e.waiting = false, nil, nil
	e.identity, e.puzzle, e.crowd = identity{}, puzzle{}, crowd{}
	e.ids, e.early, e.echoes, e.tickets.open = ids{}, early{}, echoes{}, nil
	e.timers, e.kept, e.coming = nil, nil, comer{}
}

// Opened says that a channel is there: for Socket.IO, in its namespace. main is
// the first; after a loss everything begins anew, but calls go on.
func (e *Engine) Opened(via string, now time.Time) []Act {
	e.now = now
	if via == profile.Main {
		e.forget()
		e.over = false
	}
	if e.over {
		return e.take()
	}
	e.open[via] = true
	e.advance()
	return e.take()
}

// Closed says that main was lost. Calls that are not answered end with it, as
// the machine of package call ends them; answered ones go on.
func (e *Engine) Closed(now time.Time) []Act {
	e.now = now
	e.over = true
	e.forget()
	for key, t := range e.talks {
		if t.stage != live {
			delete(e.talks, key)
		}
		t.stale = true
	}
	return e.take()
}

// take returns what there is to do.
func (e *Engine) take() []Act {
	acts := e.acts
	e.acts = nil
	return acts
}

func (e *Engine) do(a Act) { e.acts = append(e.acts, a) }

// post hands on a message. Before we are known nobody would expect it.
func (e *Engine) post(t *talk, m signaling.Message) {
	envelope := signaling.Envelope{Peer: t.peer, Call: t.id, Message: m}
	if e.ready {
		e.do(Post{signaling.Received{Envelope: envelope}})
	} else if len(e.waiting) < maxWaiting {
		e.waiting = append(e.waiting, envelope)
	}
}

// fault tells of something that went wrong.
func (e *Engine) fault(code string, err error) {
	name, _ := e.selfName()
	e.do(Post{signaling.Fault{Server: e.options.Server, Name: name, Code: code, Err: err}})
}

// drop gives this connection up for a new one.
func (e *Engine) drop() { e.renew(false) }

// renew is drop; leaving tells whether that is how a call ends here.
func (e *Engine) renew(leaving bool) {
	if !e.over {
		e.over = true
		e.do(Drop{Leaving: leaving})
	}
}

// end gives up for good.
func (e *Engine) end(code, text string) {
	if e.over {
		return
	}
	e.over = true
	err := &RefusedError{Code: code, Text: text}
	e.fault(code, err)
	e.do(End{err})
}

// RefusedError says that, and why, a server will not have us.
type RefusedError struct {
	Code string // the server's word, or the profile's
	Text string // for people, in the server's language; may be empty
}

func (r *RefusedError) Error() string {
	if r.Text == "" {
		return "the server refuses: " + r.Code
	}
	return "the server refuses: " + r.Code + ": " + r.Text
}
