package engine_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

const server = "ws://server.example:1234/"

// shipped parses a profile that is shipped.
func shipped(t testing.TB, name string) *profile.Profile {
	t.Helper()
	text, err := os.ReadFile("../profiles/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(text))
}

func parsed(t testing.TB, text string) *profile.Profile {
	t.Helper()
	p, err := profile.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is a server that is imitated in memory, and whole Parleys without media
// on it: an engine and the machine of package call each. Time passes only when
// told to.
type world struct {
	t       *testing.T
	now     time.Time
	profile *profile.Profile
	server  imitation
	people  []*parley
	queue   []func()
	delayed []event
	ends    []*end
	random  int
	sockets int
	said    []string
}

// event is something that happens later.
type event struct {
	at time.Time
	do func()
}

// imitation is a server. It tells sockets what it has to say at once; frames
// arrive in the order in which they were sent.
type imitation interface {
	opened(s *socket)
	heard(s *socket, frame any)
	closed(s *socket)
	asked(p *parley, request any) any // HTTP
}

// socket is one connection to the server.
type socket struct {
	of      *parley
	via, id string
	query   map[string]string
	open    bool
	room    string // for the imitations
	name    string
}

func newWorld(t *testing.T, profileName string, s imitation, names ...string) *world {
	t.Helper()
	w := &world{
		t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		profile: shipped(t, profileName), server: s,
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("what was said:\n" + strings.Join(w.said, "\n"))
		}
	})
	for _, name := range names {
		w.join(name)
	}
	w.calm()
	return w
}

// note remembers what is said, for whoever reads why a test failed.
func (w *world) note(what string) {
	w.said = append(w.said, w.now.Format("04:05.000 ")+what[:min(len(what), 200)])
}

func (w *world) later(do func()) { w.queue = append(w.queue, do) }

func (w *world) after(d time.Duration, do func()) {
	w.delayed = append(w.delayed, event{w.now.Add(d), do})
}

// number returns a text that was never returned before.
func (w *world) number() string {
	w.random++
	return fmt.Sprintf("%026d", w.random*7919%1000003)
}

// settle delivers all that is on its way.
func (w *world) settle() {
	for n := 0; len(w.queue) > 0; n++ {
		if n > 100000 {
			w.t.Fatal("the talk does not end")
		}
		next := w.queue[0]
		w.queue = w.queue[1:]
		next()
	}
}

// pass lets time pass, and all happen that is due.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	until := w.now.Add(d)
	for n := 0; ; n++ {
		if n > 100000 {
			w.t.Fatal("time stands still")
		}
		w.settle()
		next := w.next()
		if next.IsZero() || next.After(until) {
			w.now = until
			return
		}
		if next.After(w.now) {
			w.now = next
		}
		w.tick()
	}
}

func (w *world) next() time.Time {
	var next time.Time
	sooner := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, e := range w.delayed {
		sooner(e.at)
	}
	for _, p := range w.people {
		sooner(p.engine.Next())
		sooner(p.limit)
	}
	return next
}

func (w *world) tick() {
	delayed := w.delayed
	w.delayed = nil
	for _, e := range delayed {
		if e.at.After(w.now) {
			w.delayed = append(w.delayed, e)
		} else {
			e.do()
		}
	}
	for _, p := range w.people {
		if at := p.engine.Next(); !at.IsZero() && !at.After(w.now) {
			p.act(p.engine.Tick(w.now))
		}
		if !p.limit.IsZero() && !p.limit.After(w.now) {
			p.limit = time.Time{}
			p.step(call.Timeout{Seq: p.state.Seq})
		}
	}
}

// calm refuses whoever rings because somebody joined, until nobody does.
func (w *world) calm() {
	w.t.Helper()
	for range 10 {
		w.pass(10 * time.Second)
		rung := false
		for _, p := range w.people {
			if p.state.Phase != call.Idle {
				rung = true
				p.step(call.Hangup{})
			}
		}
		if !rung {
			return
		}
	}
	w.t.Fatal("there is no end of ringing")
}

// parley is one program: engine, machine, and what is around them.
type parley struct {
	w       *world
	name    string
	engine  *engine.Engine
	sockets map[string]*socket
	ready   bool
	self    signaling.Member
	ice     []signaling.ICEServer
	here    []signaling.Member
	state   call.State
	limit   time.Time
	ends    map[signaling.CallID]*end
	kept    map[signaling.CallID][]call.Effect
	ended   []call.Reason
	faults  []signaling.Fault
	puzzles []signaling.Challenge
	final   error
	strays  int // candidates of calls that nobody knows
}

// join lets somebody come.
func (w *world) join(name string) *parley {
	p := &parley{
		w: w, name: name, sockets: map[string]*socket{}, state: call.State{Online: true},
		ends: map[signaling.CallID]*end{}, kept: map[signaling.CallID][]call.Effect{},
	}
	p.engine = engine.New(engine.Options{
		Profile: w.profile, Server: server, Random: w.number, Display: "Display " + name,
		Params: map[string]string{"name": name, "room": "room 1", "token": "token of " + name},
	})
	w.people = append(w.people, p)
	p.connect(profile.Main)
	w.settle()
	return p
}

func (p *parley) connect(via string) {
	w := p.w
	w.sockets++
	s := &socket{of: p, via: via, id: fmt.Sprintf("socket-%d", w.sockets), open: true, query: map[string]string{}}
	channel := w.profile.Channels[via]
	for key, t := range channel.Query {
		v, err := p.engine.Fill(t)
		if err != nil {
			w.t.Fatal(err)
		}
		s.query[key], _ = value.Text(v)
	}
	p.sockets[via] = s
	w.later(func() {
		if !s.open {
			return
		}
		p.act(p.engine.Opened(via, w.now))
		if channel.Kind == profile.SocketIO {
			s.tell(map[string]any{"event": "connect", "args": []any{map[string]any{"sid": s.id}}})
		}
		w.server.opened(s)
	})
}

// tell sends a frame down.
func (s *socket) tell(frame any) {
	w := s.of.w
	text, err := value.Encode(frame)
	if err != nil {
		w.t.Fatal(err)
	}
	w.later(func() {
		if s.open {
			w.note(s.of.name + " hears  " + string(text))
			frame, _ := value.Decode(text)
			s.of.act(s.of.engine.Heard(s.via, frame, w.now))
		}
	})
}

// cut ends a socket. Where main goes, so does everything.
func (s *socket) cut() {
	if !s.open {
		return
	}
	s.open = false
	s.of.w.later(func() { s.of.w.server.closed(s) })
	if s.via == profile.Main {
		s.of.lost()
	}
}

// lost is what a driver does when main is gone: it comes back.
func (p *parley) lost() {
	p.ready = false
	for _, s := range p.sockets {
		s.cut()
	}
	p.step(call.Link{Server: server})
	p.act(p.engine.Closed(p.w.now))
	p.w.after(time.Second, func() { p.connect(profile.Main) })
}

func (p *parley) act(acts []engine.Act) {
	for _, a := range acts {
		switch a := a.(type) {
		case engine.Write:
			p.write(a)
		case engine.Open:
			p.connect(a.Via)
		case engine.Drop:
			p.sockets[profile.Main].cut()
		case engine.End:
			p.final = a.Err
		case engine.Ready:
			p.ready, p.self, p.ice = true, a.Self, a.ICE
			p.step(call.Link{Server: server, Up: true})
		case engine.Here:
			p.saw(a.Members)
		case engine.Post:
			p.posted(a.Event)
		case engine.Puzzle:
			p.puzzles = append(p.puzzles, a.Challenge)
		}
	}
}

func (p *parley) write(a engine.Write) {
	w := p.w
	text, err := value.Encode(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	s := p.sockets[a.Via]
	open := s != nil && s.open
	w.note(p.name + " says   " + string(text))
	w.later(func() {
		frame, _ := value.Decode(text)
		switch {
		case w.profile.Channels[a.Via].Kind == profile.HTTP:
			answer := w.server.asked(p, frame)
			w.later(func() { p.act(p.engine.Answered(a.Ticket, answer, nil, w.now)) })
		case open: // also of a socket that was closed right after
			w.server.heard(s, frame)
		}
	})
}

// saw does what a session does about who is there.
func (p *parley) saw(members []signaling.Member) {
	is := func(all []signaling.Member) bool {
		return slices.ContainsFunc(all, func(m signaling.Member) bool { return m.Address == p.state.Remote })
	}
	was := is(p.here)
	p.here = members
	if was && !is(members) {
		p.step(call.Received{Envelope: signaling.Envelope{Peer: p.state.Remote, Call: p.state.ID, Message: signaling.Unavailable{}}})
	}
}

func (p *parley) posted(e signaling.Event) {
	switch e := e.(type) {
	case signaling.Received:
		_, trickled := e.Envelope.Message.(signaling.Candidate)
		if trickled && e.Envelope.Call != p.state.ID && e.Envelope.Call != p.state.Next.ID {
			p.strays++
		}
		p.step(call.Received{Envelope: e.Envelope, Once: !p.w.profile.Flow.Restart})
	case signaling.Fault:
		p.faults = append(p.faults, e)
	}
}

// step lets the machine decide, and does what it asks for.
func (p *parley) step(e call.Event) {
	before := p.state
	after, effects := call.Step(before, e)
	p.state = after
	if after.Seq != before.Seq {
		p.limit = time.Time{}
		if limit, ok := after.Timer(); ok {
			p.limit = p.w.now.Add(limit)
		}
	}
	if after.Phase == call.Idle && before.Phase != call.Idle {
		p.ended = append(p.ended, after.End)
	}
	for _, effect := range effects {
		p.effect(effect)
	}
}

func (p *parley) effect(effect call.Effect) {
	switch e := effect.(type) {
	case call.Send:
		acts, err := p.engine.Send(e.Envelope, p.w.now)
		if err != nil && p.ready {
			p.w.t.Errorf("%s cannot say %T: %v", p.name, e.Envelope.Message, err)
		}
		p.act(acts)
	case call.Open:
		p.open(e)
	case call.Narrow:
		p.ends[e.ID].kind = media.Audio
	case call.Restart:
		p.ends[e.ID].describe(signaling.Offer, e.Round)
	case call.SetRemote:
		p.feed(e.ID, e)
	case call.AddCandidate:
		p.feed(e.ID, e)
	case call.Close:
		p.ends[e.ID].close()
	case call.Forget:
		delete(p.kept, e.ID)
	}
}

func (p *parley) dial(to string, kind media.Kind) {
	p.w.t.Helper()
	if p.w.profile.Peers.Kind == profile.Room {
		to = "room 1"
	}
	c := p.w.profile.Capabilities()
	p.step(call.Dial{
		ID: signaling.CallID(p.w.number()), To: signaling.Address{Server: server, Name: to}, Kind: kind,
		Name: p.name, OfferFirst: c.OfferWithInvite, Once: !c.Restart, Reachable: p.ready,
	})
}

func (p *parley) is(phases ...call.Phase) {
	p.w.t.Helper()
	if !slices.Contains(phases, p.state.Phase) {
		p.w.t.Fatalf("%s is %s, not %v", p.name, call.DescribeState(p.state), phases)
	}
}
