package call

import (
	"parley/media"
	"parley/signaling"
)

// Effect is what a step asks for: one of the types of this file. All are
// asynchronous; what comes of them arrives as events.
type Effect interface{ effect() }

type (
	// Send hands an envelope to the server of its peer.
	Send struct{ Envelope signaling.Envelope }
	// Open makes the peer of call ID. One that offers does so at once; the other
	// answers the offer that SetRemote brings, which may come before or after.
	// What may help on the way depends on the server of Remote.
	Open struct {
		ID     signaling.CallID
		Remote signaling.Address
		Offers bool
		Kind   media.Kind
	}
	// Narrow lowers an open peer to sound only, before media flows.
	Narrow struct{ ID signaling.CallID }
	// Restart lets a peer that offers make an offer with new ICE credentials for this round.
	Restart struct {
		ID    signaling.CallID
		Round int
	}
	// SetRemote gives the peer a description. It can come before Open (the
	// offer that travelled with an invite) and is then kept until Open.
	SetRemote struct {
		ID          signaling.CallID
		Description signaling.Description
	}
	// AddCandidate gives the peer a candidate; kept before Open like SetRemote.
	AddCandidate struct {
		ID        signaling.CallID
		Candidate signaling.Candidate
	}
	// Close ends the peer; PeerClosed answers it.
	Close struct{ ID signaling.CallID }
	// Forget drops what was kept for a call that will not be opened.
	Forget struct{ ID signaling.CallID }
)

func (Send) effect()         {}
func (Open) effect()         {}
func (Narrow) effect()       {}
func (Restart) effect()      {}
func (SetRemote) effect()    {}
func (AddCandidate) effect() {}
func (Close) effect()        {}
func (Forget) effect()       {}
