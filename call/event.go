package call

import (
	"parley/media"
	"parley/signaling"
)

// Event is what can happen to a call: one of the types of this file. Every
// asynchronous one carries the id of its call, because late ones are normal.
type Event interface{ event() }

// What the user does.
type (
	// Dial calls To. ID is new and random. Reachable is false when its server
	// is not connected.
	Dial struct {
		ID         signaling.CallID
		To         signaling.Address
		Kind       media.Kind
		Name       string // our display name, for the invite
		OfferFirst bool   // signaling.Capabilities.OfferWithInvite of the server
		Reversed   bool   // the callee offers; goes before OfferFirst
		Once       bool   // the server lacks signaling.Capabilities.Restart
		Reachable  bool
	}
	// Accept answers the ringing call; Kind is what the user wants, and cannot
	// raise a call of sound only.
	Accept struct{ Kind media.Kind }
	// Reject declines the ringing call, with an optional text for the caller.
	Reject struct{ Text string }
	// Hangup ends whatever is going on: withdraws, declines or hangs up.
	Hangup struct{}
)

// What the server connection does.
type (
	// Link tells whether Server is connected: a level.
	Link struct {
		Server string
		Up     bool
	}
	// Returned says that somebody is on the server again who was not. Only servers
	// that tell who is present tell it.
	Returned struct{ Who signaling.Address }
	// Received is a message of a peer. Once is as in Dial.
	Received struct {
		Envelope signaling.Envelope
		Once     bool
	}
)

// What the peer does.
type (
	// LocalDescription is an offer or answer to be sent.
	LocalDescription struct {
		ID          signaling.CallID
		Description signaling.Description
	}
	// LocalCandidate is a candidate to be sent.
	LocalCandidate struct {
		ID        signaling.CallID
		Candidate signaling.Candidate
	}
	// PeerUp says that media can flow: a level, repeated whenever it may have changed.
	PeerUp struct{ ID signaling.CallID }
	// PeerDown says that the path is lost, perhaps for a moment: a level.
	PeerDown struct{ ID signaling.CallID }
	// PeerFailed says that the path is lost for good, or negotiation failed.
	PeerFailed struct{ ID signaling.CallID }
	// PeerLeft says that the other side has ended its peer connection for good.
	PeerLeft struct{ ID signaling.CallID }
	// PeerClosed answers Close: nothing of the peer is left.
	PeerClosed struct{ ID signaling.CallID }
)

// Timeout says that the limit of State.Timer passed since Seq was current.
type Timeout struct{ Seq uint64 }

func (Dial) event()             {}
func (Accept) event()           {}
func (Reject) event()           {}
func (Hangup) event()           {}
func (Link) event()             {}
func (Returned) event()         {}
func (Received) event()         {}
func (LocalDescription) event() {}
func (LocalCandidate) event()   {}
func (PeerUp) event()           {}
func (PeerDown) event()         {}
func (PeerFailed) event()       {}
func (PeerLeft) event()         {}
func (PeerClosed) event()       {}
func (Timeout) event()          {}
