package calltest

import (
	"bytes"
	"crypto/sha256"

	"parley/call"
	"parley/signaling"
)

// key identifies a world. Two worlds with the same key have the same future:
// they may differ in which side is which, if the rules are the same for both, in
// how often phases changed, and in why the last call ended.
type key [16]byte

func (r *Rules) key(w *world) key {
	a, b := w.sides[0].encode(nil), w.sides[1].encode(nil)
	fair := r.OfferFirst[0] == r.OfferFirst[1] && r.Reversed[0] == r.Reversed[1]
	if fair && bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	sum := sha256.Sum256(append(append(a, 0xff, byte(w.dials)), b...))
	return key(sum[:16])
}

func (s *side) encode(out []byte) []byte {
	out = encodeState(out, s.state)
	out = append(out, bit(s.linked), byte(s.budget.Dials), byte(s.budget.Acts), byte(s.budget.Faults), byte(len(s.ends)))
	for _, p := range s.ends {
		out = append(out, id(p.id), bit(p.offers), byte(p.local), byte(p.remote), bit(p.up)|bit(p.closing)<<1)
	}
	out = append(out, byte(len(s.kept)))
	for _, k := range s.kept {
		out = append(out, id(k))
	}
	out = append(out, byte(len(s.said)))
	for _, e := range s.said {
		out = encodeSaid(out, e)
	}
	for _, e := range s.inbox {
		out = encodeMessage(append(out, id(e.Call)), e.Message)
	}
	return out
}

func encodeState(out []byte, s call.State) []byte {
	flags := bit(s.OfferFirst) | bit(s.Invited)<<1 | bit(s.Alerted)<<2 | bit(s.Answered)<<3 | bit(s.Online)<<4 | bit(s.Next.OfferFirst)<<5 |
		bit(s.Reversed)<<6 | bit(s.Next.Reversed)<<7
	// Once is the same everywhere in a world.
	return append(out, byte(s.Phase), id(s.ID), byte(s.Role), byte(s.Kind), byte(s.Round), flags, bit(s.Unheard), id(s.Next.ID), byte(s.Next.Kind))
}

func encodeSaid(out []byte, e call.Event) []byte {
	switch e := e.(type) {
	case call.LocalDescription:
		return encodeMessage(append(out, 1, id(e.ID)), e.Description)
	case call.LocalCandidate:
		return append(out, 2, id(e.ID))
	case call.PeerUp:
		return append(out, 3, id(e.ID))
	case call.PeerDown:
		return append(out, 4, id(e.ID))
	case call.PeerFailed:
		return append(out, 5, id(e.ID))
	case call.PeerClosed:
		return append(out, 6, id(e.ID))
	case call.PeerLeft:
		return append(out, 7, id(e.ID))
	case call.Dial, call.Accept, call.Reject, call.Hangup, call.Link, call.Returned, call.Received, call.Timeout:
	}
	return out
}

func encodeMessage(out []byte, m signaling.Message) []byte {
	switch m := m.(type) {
	case signaling.Invite:
		return append(out, 1, byte(m.Kind), bit(m.Offer != nil)|bit(m.Reversed)<<1)
	case signaling.Ringing:
		return append(out, 2)
	case signaling.Accept:
		return append(out, 3, byte(m.Kind))
	case signaling.Decline:
		return append(out, 4)
	case signaling.Busy:
		return append(out, 5)
	case signaling.Cancel:
		return append(out, 6, bit(m.Timeout))
	case signaling.Description:
		return append(out, 7, bit(m.Type == signaling.Offer), byte(m.Round))
	case signaling.Candidate:
		return append(out, 8)
	case signaling.Bye:
		return append(out, 9)
	case signaling.Unavailable:
		return append(out, 10)
	}
	return out
}

// id is the one character of a world's call ids, or zero.
func id(c signaling.CallID) byte {
	if c == "" {
		return 0
	}
	return c[0]
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
