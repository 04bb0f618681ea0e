package station

import (
	"context"
	"sync"
	"time"

	"parley/call/session"
	"parley/signaling"
)

// speaker knows how one server is spoken to.
type speaker interface {
	// speak stays connected, under the name that we have now, until ctx is done,
	// and returns nil then, or why trying again is pointless. It hands the clients
	// that it makes to use, and what they say to heard.
	speak(ctx context.Context, use func(signaling.Client), heard func(signaling.Event)) error
}

// line is the connection to one server, made anew whenever our name changes.
type line struct {
	station *Station
	server  Server
	speaker speaker

	renamed chan struct{}
	leaving chan struct{}
	gone    chan struct{} // the session has forgotten the server

	seating sync.Mutex // guards rooms, and the order in which clients hear of them
	rooms   []string

	mu     sync.Mutex // guards what follows
	client signaling.Client
	linked signaling.Linked // as it was told last
	silent bool             // what the server says does not matter any more
}

func newLine(s *Station, server Server, rooms []string) *line {
	return &line{
		station: s, server: server, speaker: s.speaker(server), rooms: rooms,
		renamed: make(chan struct{}, 1), leaving: make(chan struct{}, 1), gone: make(chan struct{}, 1),
	}
}

// again connects anew, because our name changed.
func (l *line) again() { signal(l.renamed) }

// leave ends the line.
func (l *line) leave() { signal(l.leaving) }

// forgotten says that the session does not know the server (any more).
func (l *line) forgotten() { signal(l.gone) }

// signal wakes who waits for c, or who will.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// current is who carries messages now; nil before the first connection.
func (l *line) current() signaling.Client {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.client
}

// told is what the server told when it was connected last.
func (l *line) told() signaling.Linked {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.linked
}

// roomer is a client of a server whose addresses are rooms.
type roomer interface{ SetRooms(rooms []string) }

// setRooms changes the rooms that we sit in, where the server has rooms.
func (l *line) setRooms(rooms []string) {
	l.seating.Lock()
	defer l.seating.Unlock()
	l.rooms = rooms
	if c, ok := l.current().(roomer); ok {
		c.SetRooms(rooms)
	}
}

// use takes who carries messages from now on.
func (l *line) use(c signaling.Client) {
	l.seating.Lock()
	defer l.seating.Unlock()
	if c, ok := c.(roomer); ok {
		c.SetRooms(l.rooms)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.client = c
}

// heard passes on what the server says.
func (l *line) heard(e signaling.Event) {
	l.mu.Lock()
	defer l.mu.Unlock() // so that nothing follows what leave says
	if l.silent {
		return
	}
	if linked, ok := e.(signaling.Linked); ok {
		l.linked = linked
	}
	l.station.post(session.Signaled{Event: e})
}

// run stays connected until ctx is done or the line is left.
func (l *line) run(ctx context.Context) {
	for left := false; !left && ctx.Err() == nil; {
		left = l.connect(ctx)
	}
}

// connect is a member until the name changes, the line is left or ctx is done.
func (l *line) connect(ctx context.Context) (left bool) {
	ctx, cancel := context.WithCancel(ctx)
	var member sync.WaitGroup
	defer member.Wait()
	defer cancel()
	member.Go(func() {
		if err := l.speaker.speak(ctx, l.use, l.heard); err != nil {
			l.station.log.Warn("the server refused us", "err", err)
		}
	})
	select {
	case <-ctx.Done():
	case <-l.leaving:
		if !l.station.links.wants(l.server.URL) {
			l.forget(ctx)
		}
		return true
	case <-l.renamed:
		l.settle(ctx)
	}
	return false
}

// goodbyeLimit bounds how long a server that is removed waits for the session
// to hang up there.
const goodbyeLimit = time.Second

// forget lets the session hang up on the server, where a call would go on without
// it, and forget it, and waits until it has: the connection carries its goodbyes.
func (l *line) forget(ctx context.Context) {
	l.mu.Lock()
	l.silent = true
	l.mu.Unlock()
	select { // what was said before does not count
	case <-l.gone:
	default:
	}
	if l.station.talking.Load() == l.server.URL {
		l.station.post(session.Hangup{})
	}
	l.station.post(session.Forgotten{Server: l.server.URL})
	select {
	case <-ctx.Done():
	case <-l.gone:
	case <-time.After(goodbyeLimit):
	}
}

// renameSettle is how long a new name must stand: names are typed letter by letter.
const renameSettle = time.Second

// settle waits until the name no longer changes, and no call needs the
// connection as it is.
func (l *line) settle(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.renamed:
		case <-time.After(renameSettle):
			if l.station.talking.Load() != l.server.URL {
				return
			}
		}
	}
}
