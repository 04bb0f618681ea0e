package dialect

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/engine"
)

// loop is one Run. All of it belongs to Run's goroutine, and so do the engines;
// other goroutines hand in what they heard by inbox.
type loop struct {
	client  *Client
	post    func(signaling.Event)
	inbox   chan func()
	others  sync.WaitGroup   // the goroutines of all links
	links   map[string]*link // by room; that of a person is ""
	called  map[string]bool  // rooms that Send joined
	refused map[string]bool  // rooms that will not have us
	puzzle  map[string]*link // by the id of a challenge
	told    told
	end     error // why to end
}

// errParting is why connections end when nobody needs them any more.
var errParting = errors.New("left")

func newLoop(c *Client, post func(signaling.Event)) *loop {
	return &loop{
		client:  c,
		post:    post,
		inbox:   make(chan func()),
		links:   map[string]*link{},
		called:  map[string]bool{},
		refused: map[string]bool{},
		puzzle:  map[string]*link{},
	}
}

// random returns 26 random letters and digits.
func random() string { return strings.ToLower(rand.Text()) }

// run connects, and works until ctx is done or trying again is pointless. What
// comes in by the inbox, the orders and the time take turns, so that a server
// that floods us cannot keep the user from hanging up.
func (l *loop) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer l.others.Wait()
	l.obey()
	for l.end == nil {
		l.tick(time.Now())
		timer.Reset(l.pause(time.Now()))
		select {
		case <-ctx.Done():
			l.obey() // the last goodbyes
			l.leave(ctx.Err())
			return nil
		case <-l.client.wake:
			l.obey()
		case f := <-l.inbox:
			f()
		case <-timer.C:
		}
	}
	l.leave(l.end)
	return l.end
}

// idle is how long the loop pauses when nothing is due.
const idle = time.Hour

func (l *loop) pause(now time.Time) time.Duration {
	next := l.told.counting
	for _, k := range l.links {
		next = sooner(next, k.next())
	}
	if next.IsZero() {
		return idle
	}
	return max(next.Sub(now), 0)
}

// sooner returns the earlier of two times; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func (l *loop) tick(now time.Time) {
	for _, room := range slices.Sorted(maps.Keys(l.links)) {
		if k := l.links[room]; k != nil {
			k.tick(now)
		}
	}
	l.settle(now)
}

// obey does what was asked for.
func (l *loop) obey() {
	orders, rooms := l.client.take()
	for _, o := range orders {
		o(l)
	}
	l.arrange(rooms)
}

// arrange joins and leaves rooms as wished, or connects the only connection.
func (l *loop) arrange(rooms []string) {
	if !l.client.isRooms() {
		rooms = []string{""}
	}
	for _, room := range rooms {
		if _, ok := l.links[room]; !ok && !l.refused[room] {
			l.join(room)
		}
	}
	for _, room := range slices.Sorted(maps.Keys(l.links)) {
		if !slices.Contains(rooms, room) && !l.called[room] {
			l.links[room].part()
			l.forget(room)
		}
	}
	for room := range l.refused {
		if !slices.Contains(rooms, room) {
			delete(l.refused, room) // wished again later, it is tried again
		}
	}
	l.level(errParting)
}

// join makes the connection of a room.
func (l *loop) join(room string) *link {
	k := newLink(l, room)
	l.links[room] = k
	delete(l.refused, room)
	k.start()
	return k
}

// forget drops a link that is parting.
func (l *loop) forget(room string) {
	k := l.links[room]
	if k == nil {
		return
	}
	delete(l.links, room)
	delete(l.called, room)
	maps.DeleteFunc(l.puzzle, func(_ string, of *link) bool { return of == k })
	l.count(k)
	l.told.gone += k.frames
	l.told.stale = true
}

// refuse ends a link for good: the server will not have us.
func (l *loop) refuse(k *link, err error) {
	if !l.client.isRooms() {
		l.end = err
		return
	}
	l.client.log.Debug("a room is closed to us", "err", err)
	k.part()
	l.forget(k.room)
	l.refused[k.room] = true
	l.level(err)
}

// send says an envelope. A call that was made before it was heard that the server
// is lost has ended by now.
func (l *loop) send(e signaling.Envelope) {
	if l.told.lost && isInvite(e) {
		l.unavailable(e, "no-connection")
		return
	}
	room := ""
	if l.client.isRooms() {
		room = e.Peer.Name
	}
	k := l.links[room]
	if k == nil {
		if !l.client.isRooms() {
			return
		}
		k = l.join(room)
		l.called[room] = true
	}
	k.send(e)
}

// solve hands the answer to a challenge to who asked.
func (l *loop) solve(id string, x int) {
	if k := l.puzzle[id]; k != nil {
		delete(l.puzzle, id)
		k.act(k.engine.Solved(x, time.Now()))
	}
}

// challenge asks the user.
func (l *loop) challenge(k *link, c engine.Puzzle) {
	maps.DeleteFunc(l.puzzle, func(_ string, of *link) bool { return of == k })
	l.puzzle[c.Challenge.ID] = k
	c.Challenge.Server = l.client.options.Server
	l.say(c.Challenge)
}

// leave says every goodbye and closes everything.
func (l *loop) leave(why error) {
	for _, room := range slices.Sorted(maps.Keys(l.links)) {
		l.links[room].part()
	}
	clear(l.links)
	l.down(why, 0)
}
