package session

import (
	"time"

	"parley/call"
	"parley/signaling"
)

// What is kept for a call before its peer opens is bounded, because a stranger
// can send it while the phone rings.
const (
	keptItems  = 128
	keptBytes  = 512 << 10
	closeLimit = 3 * time.Second
)

// slot is the place of one call's peer, from the first thing that is kept for
// it until it is closed.
type slot struct {
	id      signaling.CallID
	peer    Peer // nil until opened
	kept    []func(Peer)
	bytes   int
	closeBy time.Time // when closing is given up; zero before Close
}

// fromPeer is an input of a slot's peer. It names the slot rather than the
// call, so that nothing of an old peer is taken for a new one's.
type fromPeer struct {
	slot *slot
	in   Input
}

func (fromPeer) input() {}

// peers holds the slots by call. Two can be open at once for a moment, when a
// call that lost a collision closes beside the one that won.
type peers struct {
	slots map[signaling.CallID]*slot
}

func newPeers() peers { return peers{slots: map[signaling.CallID]*slot{}} }

// open makes the peer of a call and hands it what was kept.
func (s *Session) open(e call.Open) {
	p := s.peers.slot(e.ID)
	p.peer = s.deps.Open(e, func(in Input) { s.Post(fromPeer{p, in}) })
	for _, hand := range p.kept {
		hand(p.peer)
	}
	p.kept, p.bytes = nil, 0
}

// heard takes what a peer says, unless its slot is gone.
func (s *Session) heard(in fromPeer) {
	if s.peers.slots[in.slot.id] != in.slot {
		return
	}
	if called, ok := in.in.(Called); ok {
		if _, closed := called.Event.(call.PeerClosed); closed {
			s.closed(in.slot)
			return
		}
	}
	s.take(in.in)
}

// close ends the peer of a call. One that is gone already has nothing to say.
func (s *Session) close(id signaling.CallID) {
	if !s.peers.close(id) {
		s.Post(Called{call.PeerClosed{ID: id}})
	}
}

// closed frees the slot of a peer that is no more. One that was not asked to
// close has failed.
func (s *Session) closed(p *slot) {
	delete(s.peers.slots, p.id)
	if p.closeBy.IsZero() {
		s.step(call.PeerFailed{ID: p.id})
		return
	}
	s.step(call.PeerClosed{ID: p.id})
}

// abandon gives up a peer that does not close.
func (s *Session) abandon(p *slot) {
	s.log.Warn("peer does not close", "call", p.id)
	delete(s.peers.slots, p.id)
	s.step(call.PeerClosed{ID: p.id})
}

// slot returns the slot of a call, a new one if there is none. A peer that is
// closing under the same id, which only a forged invite could bring about,
// loses its slot.
func (p peers) slot(id signaling.CallID) *slot {
	s := p.slots[id]
	if s == nil || !s.closeBy.IsZero() {
		s = &slot{id: id}
		p.slots[id] = s
	}
	return s
}

// with calls do for the open peer of a call.
func (p peers) with(id signaling.CallID, do func(Peer)) {
	if s := p.slots[id]; s != nil && s.peer != nil && s.closeBy.IsZero() {
		do(s.peer)
	}
}

// feed hands something to the peer of a call, or keeps it until it opens.
func (p peers) feed(id signaling.CallID, bytes int, hand func(Peer)) {
	s := p.slot(id)
	if s.peer != nil {
		hand(s.peer)
		return
	}
	if len(s.kept) < keptItems && s.bytes+bytes <= keptBytes {
		s.kept = append(s.kept, hand)
		s.bytes += bytes
	}
}

// close asks the peer of a call to close. It reports whether there is one.
func (p peers) close(id signaling.CallID) (asked bool) {
	p.with(id, func(peer Peer) {
		asked = true
		p.slots[id].closeBy = time.Now().Add(closeLimit)
		peer.Close()
	})
	return asked
}

// forget drops what was kept for a call that will not open.
func (p peers) forget(id signaling.CallID) {
	if s := p.slots[id]; s != nil && s.peer == nil {
		delete(p.slots, id)
	}
}

// overdue returns the peers that should be closed by now. At the end of a
// shutdown these are all that are left.
func (p peers) overdue(now, leaving time.Time) []*slot {
	var late []*slot
	for _, s := range p.slots {
		if due(s.closeBy, now) || due(leaving, now) {
			late = append(late, s)
		}
	}
	return late
}

// next returns when the first peer will be overdue, or zero.
func (p peers) next() time.Time {
	var first time.Time
	for _, s := range p.slots {
		first = earliest(first, s.closeBy)
	}
	return first
}

func (p peers) none() bool { return len(p.slots) == 0 }
