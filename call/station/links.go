package station

import (
	"context"
	"reflect"
	"slices"
	"sync"

	"parley/call"
	"parley/call/session"
	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// links are the connections to all servers: one line each, which come and go
// as the user adds and removes servers. It implements session.Link.
type links struct {
	station *Station
	own     *ownHub       // nil when only somebody else's server is used
	changed chan struct{} // wanted, or a line that ended

	mu     sync.Mutex // guards what follows
	wanted []Server
	lines  map[string]*line // that run, by URL
	told   map[string]bool  // servers that the session may know of
	rooms  map[string][]string
}

func newLinks(s *Station, wanted []Server, own *ownHub) *links {
	return &links{
		station: s, own: own, wanted: wanted, changed: make(chan struct{}, 1),
		lines: map[string]*line{}, told: map[string]bool{}, rooms: map[string][]string{},
	}
}

// Send implements session.Link.
func (l *links) Send(e signaling.Envelope) error {
	c := l.client(e.Peer.Server)
	if c == nil {
		return signaling.ErrOffline
	}
	return c.Send(e)
}

// Invite implements session.Link.
func (l *links) Invite(server string) error {
	c := l.client(server)
	if c == nil {
		return signaling.ErrOffline
	}
	return c.Invite()
}

// solver is a client of a server that asks people to solve puzzles.
type solver interface{ Solve(id string, x int) }

// Solve implements session.Link.
func (l *links) Solve(server, id string, x int) error {
	c, ok := l.client(server).(solver)
	if !ok {
		return signaling.ErrOffline
	}
	c.Solve(id, x)
	return nil
}

func (l *links) client(server string) signaling.Client {
	if line := l.line(server); line != nil {
		return line.current()
	}
	return nil
}

func (l *links) line(server string) *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[server]
}

// all returns the lines that run.
func (l *links) all() []*line {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]*line, 0, len(l.lines))
	for _, line := range l.lines {
		out = append(out, line)
	}
	return out
}

// put adds a server, or changes what is known of it.
func (l *links) put(server Server) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.wanted, func(w Server) bool { return w.URL == server.URL })
	if i >= 0 {
		l.wanted = slices.Replace(slices.Clone(l.wanted), i, i+1, server)
	} else {
		l.wanted = append(slices.Clone(l.wanted), server)
	}
	l.kick()
}

// drop ends the connection to a server for good.
func (l *links) drop(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wanted = slices.DeleteFunc(slices.Clone(l.wanted), func(w Server) bool { return w.URL == url })
	l.kick()
}

func (l *links) kick() { signal(l.changed) }

// list returns the servers that are to be connected.
func (l *links) list() []Server {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.wanted)
}

// wants reports whether a server is to be connected.
func (l *links) wants(url string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.want(url) != nil
}

// want is called with mu held.
func (l *links) want(url string) *Server {
	if i := slices.IndexFunc(l.wanted, func(w Server) bool { return w.URL == url }); i >= 0 {
		return &l.wanted[i]
	}
	return nil
}

// run keeps the lines that are wanted until ctx is done.
func (l *links) run(ctx context.Context) {
	hubs, stop := context.WithCancel(context.WithoutCancel(ctx)) // the hub carries our goodbyes, so it ends after us
	var hub, lines sync.WaitGroup
	defer func() { lines.Wait(); stop(); hub.Wait() }()
	if l.own != nil {
		l.own.open(ctx)
		hub.Go(func() { l.own.run(hubs, func() { l.again(ownServer) }) })
	}
	for ctx.Err() == nil {
		for _, line := range l.settle() {
			lines.Go(func() {
				defer l.ended(line)
				line.run(ctx)
			})
		}
		select {
		case <-ctx.Done():
		case <-l.changed:
		}
	}
}

// settle ends the lines that are not wanted as they are, and returns new ones
// in place of those that have ended.
func (l *links) settle() (begin []*line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for url, line := range l.lines {
		if w := l.want(url); w == nil || !reflect.DeepEqual(*w, line.server) {
			line.leave()
		}
	}
	for _, w := range l.wanted {
		if l.lines[w.URL] == nil {
			line := newLine(l.station, w, l.rooms[w.URL])
			l.lines[w.URL], l.told[w.URL] = line, true
			begin = append(begin, line)
		}
	}
	for url := range l.told {
		if l.lines[url] == nil { // ended, and was not begun again
			delete(l.told, url)
			l.station.post(session.Forgotten{Server: url})
		}
	}
	return begin
}

// ended makes room for the next line to the same server.
func (l *links) ended(line *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.lines, line.server.URL)
	l.kick()
}

// again connects anew to a server, or, for "", to all.
func (l *links) again(server string) {
	for _, line := range l.all() {
		if server == "" || line.server.URL == server {
			line.again()
		}
	}
}

// follow lets every server know which rooms we sit in: those of the contacts.
func (l *links) follow(contacts []call.Contact) {
	rooms := map[string][]string{}
	for _, c := range contacts {
		rooms[c.Address.Server] = append(rooms[c.Address.Server], c.Address.Name)
	}
	l.mu.Lock()
	l.rooms = rooms
	l.mu.Unlock()
	for _, line := range l.all() {
		line.setRooms(rooms[line.server.URL])
	}
}

// joined reports whether a room of a server is among the contacts.
func (l *links) joined(room signaling.Address) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.rooms[room.Server], room.Name)
}

// hasRooms reports whether the addresses of a server are rooms.
func (l *links) hasRooms(server string) bool {
	line := l.line(server)
	if line == nil {
		return false
	}
	d, ok := line.speaker.(dialectSpeaker)
	return ok && d.profile.Peers.Kind == profile.Room
}

// shown tells the lines which servers the session knows by now.
func (l *links) shown(servers []session.Server) {
	for _, line := range l.all() {
		if !slices.ContainsFunc(servers, func(s session.Server) bool { return s.URL == line.server.URL }) {
			line.forgotten()
		}
	}
}

// ice is what a server told us to use for finding a path.
func (l *links) ice(server string) []signaling.ICEServer {
	if line := l.line(server); line != nil {
		return line.told().ICE
	}
	return nil
}

// habits are what peers of calls on a server must do.
func (l *links) habits(server string) signaling.PeerHabits {
	if line := l.line(server); line != nil {
		return line.told().Peers
	}
	return signaling.PeerHabits{}
}
