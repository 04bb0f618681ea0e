package call_test

import (
	"testing"

	"parley/call"
	"parley/call/calltest"
	"parley/media"
	"parley/signaling"
)

// FuzzStep steps one machine by whatever the bytes say: four of them make an
// event, out of few ids and few people, so that they meet. It must not panic,
// its states must be consistent, and its effects must fit a peer for each call.
func FuzzStep(f *testing.F) {
	f.Add([]byte("\x00\x01\x01\x01\x05\x01\x02\x00\x09\x01\x00\x00\x03\x00\x00\x00\x0c\x01\x00\x00"))
	f.Fuzz(func(t *testing.T, script []byte) {
		m := machine{t: t, state: call.State{Online: true}, open: map[signaling.CallID]bool{}}
		for ; len(script) >= 4; script = script[4:] {
			m.step(eventOf([4]byte(script)))
		}
	})
}

// machine is a state with the peers that its effects ask for: true for open,
// false for closing.
type machine struct {
	t     *testing.T
	state call.State
	open  map[signaling.CallID]bool
}

func (m *machine) step(e call.Event) {
	m.t.Helper()
	if d, ok := e.(call.Dial); ok {
		if _, used := m.open[d.ID]; used {
			return // ids are new
		}
	}
	var effects []call.Effect
	m.state, effects = call.Step(m.state, e)
	if closed, ok := e.(call.PeerClosed); ok && !m.open[closed.ID] {
		delete(m.open, closed.ID)
	}
	for _, effect := range effects {
		m.act(effect)
	}
	if err := calltest.Check(m.state); err != nil {
		m.t.Fatalf("after %s: %v", call.DescribeEvent(e), err)
	}
	for id, open := range m.open {
		if open && id != m.state.ID {
			m.t.Fatalf("after %s: the peer of %s was left open in %s", call.DescribeEvent(e), id, call.DescribeState(m.state))
		}
	}
}

func (m *machine) act(effect call.Effect) {
	m.t.Helper()
	needs := func(id signaling.CallID) {
		if !m.open[id] {
			m.t.Fatalf("%s without a peer", call.DescribeEffect(effect))
		}
	}
	switch e := effect.(type) {
	case call.Open:
		if m.open[e.ID] {
			m.t.Fatal("opened twice")
		}
		m.open[e.ID] = true
	case call.Close:
		needs(e.ID)
		m.open[e.ID] = false
	case call.Narrow:
		needs(e.ID)
	case call.Restart:
		needs(e.ID)
	case call.Forget:
		if m.open[e.ID] {
			m.t.Fatal("forgot an open peer")
		}
	case call.SetRemote, call.AddCandidate, call.Send:
	}
}

// eventOf makes an event: which, of which call, with what, from whom.
func eventOf(b [4]byte) call.Event {
	id := []signaling.CallID{"", "a", "b", "c"}[b[1]%4]
	kind := media.Kind(b[2] % 3)
	flag := b[2]&4 != 0
	round := int(b[2]>>4) - 1
	who := []signaling.Address{ann, ben, far}[b[3]%3]
	if id == "" {
		id = "d"
	}
	events := []call.Event{
		call.Dial{ID: id, To: who, Kind: kind, OfferFirst: flag, Reversed: b[1]&16 != 0, Once: b[1]&32 != 0, Reachable: b[2]&8 == 0},
		call.Accept{Kind: kind},
		call.Reject{},
		call.Hangup{},
		call.Link{Server: who.Server, Up: flag},
		from(who, signaling.CallID([]string{"", "a", "b", "c", "d"}[b[1]%5]), messageOf(b[3]>>2, kind, flag, round, b[1]&16 != 0)),
		call.LocalDescription{ID: id, Description: descriptionOf(flag, round)},
		call.LocalCandidate{ID: id},
		call.PeerUp{ID: id},
		call.PeerDown{ID: id},
		call.PeerFailed{ID: id},
		call.PeerClosed{ID: id},
		call.Timeout{Seq: uint64(b[1])},
		call.PeerLeft{ID: id},
		call.Returned{Who: who},
	}
	e := events[int(b[0])%len(events)]
	if r, ok := e.(call.Received); ok {
		r.Once = b[1]&32 != 0
		return r
	}
	return e
}

func messageOf(which byte, kind media.Kind, flag bool, round int, reversed bool) signaling.Message {
	invite := signaling.Invite{Kind: kind, Reversed: reversed}
	if flag {
		d := descriptionOf(true, round)
		invite.Offer = &d
	}
	all := []signaling.Message{
		invite,
		signaling.Ringing{},
		signaling.Accept{Kind: kind},
		signaling.Decline{},
		signaling.Busy{},
		signaling.Cancel{Timeout: flag},
		descriptionOf(flag, round),
		signaling.Candidate{},
		signaling.Bye{},
		signaling.Unavailable{},
		nil,
	}
	return all[int(which)%len(all)]
}

func descriptionOf(isOffer bool, round int) signaling.Description {
	if isOffer {
		return again(offer, round)
	}
	return again(answer, round)
}
