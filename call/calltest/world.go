package calltest

import (
	"fmt"
	"slices"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// StepFunc is call.Step, or something that wants to be.
type StepFunc func(call.State, call.Event) (call.State, []call.Effect)

// Rules arrange a world.
type Rules struct {
	Step       StepFunc
	OfferFirst [2]bool // by who dials: the offer travels with the invite
	Reversed   [2]bool // by who dials: the callee offers
	Trickle    bool    // peers make a candidate after each description
	Once       bool    // descriptions are exchanged only once
	Descending bool    // each new call id is less than the one before
}

// maxIDs is how many calls one world can see.
const maxIDs = 9

// server is where both sides of a world are members.
const server = "wss://world.example/ws"

// names are the two sides.
var names = [2]string{"ann", "ben"}

func address(who int) signaling.Address {
	return signaling.Address{Server: server, Name: names[who]}
}

// world is two machines, their simulated peers, and everything on the way
// between them. It is a value: slices are never written to, only replaced.
type world struct {
	sides [2]side
	dials int    // so far, by both
	wrong string // the rule that the last action broke
}

// side is one end: a machine and what is around it.
type side struct {
	state  call.State
	linked bool
	ends   []end
	kept   []signaling.CallID   // of calls with something kept for a peer that is not open
	said   []call.Event         // by the ends, in order, not yet taken
	inbox  []signaling.Envelope // on the way to this side, in order
	budget Budget
}

// Budget is what may still happen to one side of its own accord.
type Budget struct {
	Dials  int
	Acts   int // of the user: accept, reject, hang up
	Faults int // of the link, the path or the peer
}

// String returns the three numbers.
func (b Budget) String() string { return fmt.Sprintf("%d,%d,%d", b.Dials, b.Acts, b.Faults) }

// end is a simulated peer. Its descriptions are known by their rounds.
type end struct {
	id            signaling.CallID
	offers        bool
	local, remote int
	up, closing   bool
}

// spoilt is the round of a description that is not there, or with which the path
// will not come up.
const spoilt = -1

func newWorld(b [2]Budget) world {
	var w world
	for i := range w.sides {
		w.sides[i] = side{state: call.State{Online: true}, linked: true, budget: b[i]}
	}
	return w
}

// feed gives an event to a machine and carries out what it asks for.
func (r *Rules) feed(w *world, who int, e call.Event) []call.Effect {
	before := w.sides[who].state
	after, effects := r.Step(before, e)
	w.sides[who].state = after
	for _, effect := range effects {
		r.act(w, who, effect)
	}
	w.checkStep(who, before, e, effects)
	return effects
}

func (r *Rules) act(w *world, who int, effect call.Effect) {
	s := &w.sides[who]
	switch e := effect.(type) {
	case call.Send:
		w.carry(who, e.Envelope)
	case call.Open:
		r.open(w, s, e)
	case call.Narrow:
		w.use(s, e.ID, "narrow")
	case call.Restart:
		r.restart(w, s, e)
	case call.SetRemote:
		if !s.keep(e.ID) {
			r.setRemote(w, s, e)
		}
	case call.AddCandidate:
		if !s.keep(e.ID) {
			w.use(s, e.ID, "add candidate")
		}
	case call.Close:
		if p := w.use(s, e.ID, "close"); p != nil {
			p.closing, p.up = true, false
			s.say(call.PeerClosed(e))
		}
	case call.Forget:
		if s.find(e.ID) != nil {
			w.fail("forget of an open peer")
		}
		s.forget(e.ID)
	}
}

// carry puts a message on its way. Like the hub it answers for whoever is away.
func (w *world) carry(from int, e signaling.Envelope) {
	to := 1 - from
	if e.Peer != address(to) {
		w.fail("message to " + e.Peer.Name)
	}
	switch {
	case !w.sides[from].linked:
	case !w.sides[to].linked:
		e.Message = signaling.Unavailable{}
		w.sides[from].inbox = push(w.sides[from].inbox, e)
	default:
		e.Peer = address(from)
		w.sides[to].inbox = push(w.sides[to].inbox, e)
	}
}

func (r *Rules) open(w *world, s *side, e call.Open) {
	if s.find(e.ID) != nil {
		w.fail("peer opened twice")
		return
	}
	early := slices.Contains(s.kept, e.ID)
	s.forget(e.ID)
	s.ends = push(s.ends, end{id: e.ID, offers: e.Offers, local: spoilt, remote: spoilt})
	p := &s.ends[len(s.ends)-1]
	switch {
	case e.Offers:
		r.describe(s, p, signaling.Offer, 0)
	case early && s.state.OfferFirst:
		p.remote = 0
		r.describe(s, p, signaling.Answer, 0)
	}
}

func (r *Rules) restart(w *world, s *side, e call.Restart) {
	p := w.use(s, e.ID, "restart")
	if p == nil {
		return
	}
	if !p.offers || r.Once {
		w.fail("restart of a peer that must not offer")
	}
	r.describe(s, p, signaling.Offer, e.Round)
}

// setRemote gives an open peer a description, which breaks the path if it is
// the offer of another round.
func (r *Rules) setRemote(w *world, s *side, e call.SetRemote) {
	p := w.use(s, e.ID, "set remote")
	if p == nil {
		return
	}
	d := e.Description
	if (d.Type == signaling.Offer) == p.offers {
		w.fail("an " + string(d.Type) + " for the wrong peer")
	}
	p.remote = d.Round
	switch {
	case d.Type == signaling.Offer:
		r.describe(s, p, signaling.Answer, d.Round)
	case p.local >= 0 && p.local != d.Round:
		w.fail("an answer of another round")
	}
}

// describe makes a description of a round.
func (r *Rules) describe(s *side, p *end, t signaling.DescriptionType, round int) {
	if p.up {
		p.up = false
		s.say(call.PeerDown{ID: p.id})
	}
	p.local = round
	s.say(call.LocalDescription{ID: p.id, Description: signaling.Description{Type: t, Round: round}})
	if r.Trickle {
		s.say(call.LocalCandidate{ID: p.id})
	}
}

// use returns the peer that an effect needs, in a copy that may be changed.
func (w *world) use(s *side, id signaling.CallID, what string) *end {
	s.ends = slices.Clone(s.ends)
	p := s.find(id)
	if p == nil || p.closing {
		w.fail(what + " without a peer")
		return nil
	}
	return p
}

func (w *world) fail(why string) {
	if w.wrong == "" {
		w.wrong = why
	}
}

func (s *side) find(id signaling.CallID) *end {
	for i := range s.ends {
		if s.ends[i].id == id {
			return &s.ends[i]
		}
	}
	return nil
}

// keep notes that something waits for a peer that is not open. It reports
// whether that is so.
func (s *side) keep(id signaling.CallID) bool {
	if s.find(id) != nil {
		return false
	}
	if !slices.Contains(s.kept, id) {
		s.kept = push(s.kept, id)
	}
	return true
}

func (s *side) forget(id signaling.CallID) {
	s.kept = slices.DeleteFunc(slices.Clone(s.kept), func(k signaling.CallID) bool { return k == id })
}

func (s *side) say(e call.Event) { s.said = push(s.said, e) }

// push appends to a copy: another world may share the array.
func push[T any](all []T, one T) []T { return append(slices.Clip(all), one) }

// pathReady reports whether media could flow on the present call of a side.
func (w *world) pathReady(who int) bool {
	a, b := w.present(who), w.present(1-who)
	return a != nil && b != nil && a.id == b.id && !a.closing && !b.closing &&
		a.local >= 0 && a.local == a.remote && b.local == b.remote && a.local == b.local
}

// otherGone reports whether the far end of a side's path has gone away.
func (w *world) otherGone(who int) bool {
	a := w.present(who)
	if a == nil {
		return false
	}
	b := w.sides[1-who].find(a.id)
	return b == nil || b.closing
}

// present returns the peer of a side's present call.
func (w *world) present(who int) *end { return w.sides[who].find(w.sides[who].state.ID) }

// nextID names the next call.
func (r *Rules) nextID(w *world) signaling.CallID {
	n := w.dials + 1
	if r.Descending {
		n = maxIDs + 1 - n
	}
	return signaling.CallID(rune('0' + n))
}

func (r *Rules) dial(w *world, who int) call.Event {
	id := r.nextID(w)
	w.dials++
	return call.Dial{
		ID: id, To: address(1 - who), Kind: media.Video, Reachable: true,
		OfferFirst: r.OfferFirst[who], Reversed: r.Reversed[who], Once: r.Once,
	}
}
