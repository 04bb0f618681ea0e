package engine_test

import (
	"fmt"
	"slices"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

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
