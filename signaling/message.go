package signaling

import "parley/media"

// Address names somebody who can be called: a member of one server. The zero
// Address is nobody. It is comparable, so it can be a map key.
type Address struct {
	Server string // the server's URL, or "" for the only one
	Name   string // the member's id on that server, exactly as the server spells it
}

// OwnHub is the Server of addresses on the program's own hub, wherever that
// listens.
const OwnHub = "ws://127.0.0.1:7310"

// String returns "name on server", for logs at Debug level only.
func (a Address) String() string {
	if a.Server == "" {
		return a.Name
	}
	return a.Name + " on " + a.Server
}

// CallID names one call. Both ends use the id chosen by the caller. Ids are
// compared as strings to settle collisions, so they must be long and random.
type CallID string

// Envelope is one message of one call. Peer is the destination of an envelope
// that is sent and the origin of one that is received.
type Envelope struct {
	Peer    Address
	Call    CallID
	Message Message
}

// Message is one of the types of this file. The set is closed: switches over it
// are exhaustive, so a new message forces a decision everywhere.
type Message interface{ message() }

// Invite rings the other side. With Offer set the caller's description travels
// with the ring (RFC 9429 section 4.1.8), so that accepting needs one message;
// without it the caller offers after the accept.
//
// Where joining a room rings who is there, the offer can be theirs to make:
// then Reversed is set, Offer is nil, and the callee offers after its accept.
type Invite struct {
	Kind     media.Kind // media.Video: sound and picture; media.Audio: sound only
	Name     string     // the caller's display name, "" when the server tells it
	Offer    *Description
	Reversed bool
}

// Ringing tells the caller that the other side's program is alerting its user.
type Ringing struct{}

// Accept says that the callee's user took the call, with this kind.
type Accept struct{ Kind media.Kind }

// Decline says that the callee's user refuses, with an optional short text.
type Decline struct{ Text string }

// Busy says that the callee is in another call.
type Busy struct{}

// Cancel withdraws an invite that was not answered.
type Cancel struct{ Timeout bool } // Timeout: nobody answered in time

// Description carries SDP (RFC 8866, RFC 9429). Round counts ICE restarts of
// the call: an answer belongs to the offer of the same round.
type Description struct {
	Type  DescriptionType
	SDP   string
	Round int
}

// DescriptionType is the "type" of RTCSessionDescription in W3C webrtc-pc.
type DescriptionType string

// The description types that calls exchange.
const (
	Offer  DescriptionType = "offer"
	Answer DescriptionType = "answer"
)

// Candidate is one trickled ICE candidate (RFC 8838), with the members of
// RTCIceCandidateInit. An empty Candidate marks the end of candidates.
type Candidate struct {
	Candidate        string
	SDPMid           *string
	SDPMLineIndex    *uint16
	UsernameFragment *string
}

// Bye ends a call that was accepted, or heals one that only one side believes in.
type Bye struct{}

// Unavailable is said by a server in place of the peer: there is nobody of that
// name, or the message could not be delivered.
type Unavailable struct{ Code string }

func (Invite) message()      {}
func (Ringing) message()     {}
func (Accept) message()      {}
func (Decline) message()     {}
func (Busy) message()        {}
func (Cancel) message()      {}
func (Description) message() {}
func (Candidate) message()   {}
func (Bye) message()         {}
func (Unavailable) message() {}
