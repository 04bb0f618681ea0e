package dialect

import (
	"errors"
	"fmt"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/wire"
)

// link is one connection as the server sees it: an engine and its channels. It
// belongs to the loop.
type link struct {
	loop    *loop
	room    string // "" of a person
	engine  *engine.Engine
	sockets map[string]*socket // by the name of the channel
	web     *web               // nil until it is needed

	ready   bool
	tried   bool // it was ready, or could not be connected
	renewed bool // the engine has it made anew though nothing is wrong
	ending  bool // and the connection before is not gone yet
	parting bool // it says goodbye
	closed  bool // it said goodbye: nothing can be sent
	self    signaling.Member
	ice     []signaling.ICEServer
	here    []signaling.Member
	tells   bool      // the server told who is here
	strange int       // frames that never reached the engine
	frames  int       // frames not understood, as counted
	retry   time.Time // when main is tried again
	ticked  time.Time // when the engine was last asked to do what is due

	held []signaling.Envelope // until ready
	late time.Time            // when they are given up
}

func newLink(l *loop, room string) *link {
	return &link{loop: l, room: room, engine: l.client.engine(room), sockets: map[string]*socket{}}
}

// start opens main; the engine asks for the others.
func (k *link) start() { k.act(k.open(profile.Main)) }

// tick does what is due.
func (k *link) tick(now time.Time) {
	for _, s := range k.sockets {
		s.tick(now)
	}
	if !k.late.IsZero() && !now.Before(k.late) {
		k.giveUp("no-connection")
	}
	if next := k.due(); !next.IsZero() && !now.Before(next) && !k.parting {
		k.ticked = now
		k.act(k.engine.Tick(now))
	}
}

// tickPause is how soon an engine is asked again that has not done what is due:
// no profile may keep the program busy.
const tickPause = 20 * time.Millisecond

// due is when the engine has something to do.
func (k *link) due() time.Time {
	next := k.engine.Next()
	if next.IsZero() || next.After(k.ticked) {
		return next
	}
	return k.ticked.Add(tickPause)
}

// next is when tick has something to do, zero for never.
func (k *link) next() time.Time {
	next := sooner(k.due(), k.late)
	for _, s := range k.sockets {
		next = sooner(next, s.next())
	}
	return next
}

// act does what the engine decided, and what it decides upon that.
func (k *link) act(acts []engine.Act) {
	for len(acts) > 0 {
		a := acts[0]
		acts = append(acts[1:], k.one(a)...)
	}
}

// one does one thing, and returns what the engine makes of its failure.
func (k *link) one(a engine.Act) []engine.Act {
	switch a := a.(type) {
	case engine.Write:
		return k.write(a)
	case engine.Open:
		return k.open(a.Via)
	case engine.Drop:
		k.drop(a.Leaving)
	case engine.End:
		k.loop.refuse(k, a.Err)
	case engine.Ready:
		k.isReady(a)
	case engine.Here:
		k.here, k.tells, k.loop.told.stale = a.Members, true, true
	case engine.Post:
		k.settle(a.Event)
		k.loop.hand(a.Event)
	case engine.Puzzle:
		k.loop.challenge(k, a)
	}
	return nil
}

// settle notes that a call is over: some servers end the connections of all who
// were in it.
func (k *link) settle(e signaling.Event) {
	r, ok := e.(signaling.Received)
	if !ok {
		return
	}
	switch r.Envelope.Message.(type) {
	case signaling.Bye, signaling.Cancel, signaling.Decline:
		if s := k.sockets[profile.Main]; s != nil {
			s.line.Settle()
		}
	}
}

// isReady notes that the server knows us, and says what waited for that.
func (k *link) isReady(a engine.Ready) {
	k.ready, k.tried, k.renewed = true, true, false
	k.self, k.retry = a.Self, time.Time{}
	if len(a.ICE) > 0 {
		k.ice = a.ICE
	}
	k.loop.ready(k)
	held := k.held
	k.held, k.late = nil, time.Time{}
	for _, e := range held {
		k.send(e)
	}
}

// errNoChannel is why a frame is not sent for which the profile has no channel.
var errNoChannel = errors.New("the profile has no such channel")

// write sends a frame.
func (k *link) write(w engine.Write) []engine.Act {
	err := k.put(w)
	switch {
	case err == nil:
	case w.Ticket != 0:
		return k.engine.Answered(w.Ticket, nil, err, time.Now())
	case errors.Is(err, signaling.ErrOffline):
		k.loop.client.log.Debug("not sent", "channel", w.Via, "err", err)
	default:
		k.loop.fault("send-failed", err)
	}
	return nil
}

func (k *link) put(w engine.Write) error {
	c, ok := k.loop.client.options.Profile.Channels[w.Via]
	switch {
	case k.closed:
		return signaling.ErrOffline
	case !ok:
		return fmt.Errorf("send by %q: %w", w.Via, errNoChannel)
	case c.Kind == profile.HTTP:
		return k.request(c, w)
	}
	s := k.sockets[w.Via]
	if s == nil {
		return signaling.ErrOffline
	}
	return s.write(w)
}

// open opens a channel; HTTP is always open.
func (k *link) open(via string) []engine.Act {
	c, ok := k.loop.client.options.Profile.Channels[via]
	switch {
	case !ok || k.parting:
		return nil
	case c.Kind == profile.HTTP:
		return k.engine.Opened(via, time.Now())
	}
	k.shut(via)
	s, err := newSocket(k, via, c)
	if err != nil {
		return []engine.Act{engine.End{Err: fmt.Errorf("open %s: %w", via, err)}}
	}
	k.sockets[via] = s
	return nil
}

// shut closes a channel for good.
func (k *link) shut(via string) {
	if s := k.sockets[via]; s != nil {
		s.part()
		delete(k.sockets, via)
	}
}

// errDropped is why a connection ends that the engine wants to have anew.
var errDropped = errors.New("connect anew")

// drop closes main, so that everything begins anew. Where that is how to leave a
// call, nobody needs to know; who is here stays until it is known better.
func (k *link) drop(leaving bool) {
	here := k.here
	renewed := k.ready
	k.lost()
	if renewed {
		k.renewed, k.ending, k.here = true, true, here
	}
	if s := k.sockets[profile.Main]; s != nil {
		cause := errDropped
		if leaving {
			cause = wire.Renewal(errDropped)
		}
		s.reopen(cause)
	}
}

// lost forgets what held while main was there.
func (k *link) lost() {
	for via := range k.sockets {
		if via != profile.Main {
			k.shut(via)
		}
	}
	k.loop.told.stale = true
	k.ready, k.renewed, k.here = false, false, nil
}

// mainClosed takes the news that main was lost, or could not be opened. Where we
// were about to end it ourselves it matters not that the server did so first.
func (k *link) mainClosed(cause error, retry time.Duration) {
	renewed := k.renewed && k.ending
	k.ending = false
	if !renewed {
		k.lost()
	}
	k.tried = true
	k.retry = time.Now().Add(retry)
	k.act(k.engine.Closed(time.Now()))
	if k.loop.links[k.room] == k && !renewed {
		k.loop.failed(cause, retry)
	}
}

// part says goodbye and closes everything for good. What is on its way goes out.
func (k *link) part() {
	if k.parting {
		return
	}
	k.parting = true
	k.giveUp("left")
	if k.ready {
		k.act(k.engine.Leave(time.Now()))
	}
	k.closed, k.ready, k.here = true, false, nil
	for via := range k.sockets {
		k.shut(via)
	}
	if k.web != nil {
		k.web.part()
	}
}
