package call

import (
	"time"

	"parley/media"
	"parley/signaling"
)

// Phase is where a call stands.
type Phase uint8

// The phases. Connecting, Active and Recovering are called live: both users
// have agreed and a peer exists.
const (
	Idle       Phase = iota // no call; End tells why the last one ended
	Calling                 // our invite is out
	Ringing                 // their invite is here, the user decides
	Connecting              // accepted; the peers negotiate
	Active                  // media flows
	Recovering              // the path is lost; who offers restarts ICE
	Closing                 // the peer shuts down; may hold one next invite
)

// String returns the lower-case word that the control protocol uses.
func (p Phase) String() string {
	return [...]string{"idle", "calling", "ringing", "connecting", "active", "recovering", "closing"}[p]
}

// Role tells who rang whom.
type Role uint8

// The roles.
const (
	NoRole Role = iota
	Caller
	Callee
)

// String returns "caller", "callee" or "none".
func (r Role) String() string { return [...]string{"none", "caller", "callee"}[r] }

// Reason tells why a call ended. A call's outcome is a reason, never an error.
type Reason uint8

// The reasons.
const (
	NoReason     Reason = iota
	LocalHangup         // we hung up a live call
	RemoteHangup        // they did
	Withdrawn           // we gave up calling before they answered
	Rejected            // we declined
	Declined            // they declined
	Busy                // they are in another call
	NoAnswer            // they did not answer in time
	Missed              // they gave up, or we did not answer in time
	Unreachable         // the server knows nobody of that name, or could not deliver
	SetupFailed         // accepted, but no path was found in time
	Lost                // the path broke and did not come back
	Offline             // no connection to the server
	Collision           // both called each other with the same id
)

// String returns the word that the control protocol and the log use.
func (r Reason) String() string {
	return [...]string{
		"", "localHangup", "remoteHangup", "withdrawn", "rejected", "declined", "busy", "noAnswer",
		"missed", "unreachable", "setupFailed", "lost", "offline", "collision",
	}[r]
}

// State is everything that a decision depends on. It is a comparable value.
type State struct {
	Phase      Phase
	ID         signaling.CallID
	Remote     signaling.Address
	Role       Role
	Kind       media.Kind // what the call carries; lowered to Audio by an audio-only answer
	OfferFirst bool       // the offer travels with the invite, so the caller's peer opens while Calling
	Reversed   bool       // the callee offers, after its accept; never with OfferFirst
	Once       bool       // descriptions are exchanged only once, so nobody can restart ICE
	Name       string     // Calling, until the invite is out: our display name, to be told with it
	Invited    bool       // Calling: our invite is out (with OfferFirst it waits for the peer's offer)
	Alerted    bool       // Calling: the other side said that it rings
	Round      int        // of ICE restart
	Answered   bool       // who offers: the answer of Round is here, and others are too late
	Unheard    bool       // who offers: the offer of Round may have come to nobody
	Seq        uint64     // bumped at every phase change; guards the one timer
	Online     bool       // the server of Remote is connected; true while Idle
	End        Reason     // Idle and Closing: why the last call ended
	Next       Waiting    // Closing: an invite that rings once closed
}

// Waiting is an invite held while the previous call closes.
type Waiting struct {
	ID         signaling.CallID
	From       signaling.Address
	Kind       media.Kind
	OfferFirst bool
	Reversed   bool
	Once       bool
}

// Ring and recovery limits. They are generous where a person acts and short
// where only programs do.
const (
	RingLimit    = 45 * time.Second
	SetupLimit   = 20 * time.Second
	RecoverLimit = 15 * time.Second
)

// Timer returns how long the phase may last, counted from when Seq last
// changed. ok is false where it may last for ever.
func (s State) Timer() (limit time.Duration, ok bool) {
	switch s.Phase {
	case Calling, Ringing:
		return RingLimit, true
	case Connecting:
		return SetupLimit, true
	case Recovering:
		return RecoverLimit, true
	case Idle, Active, Closing:
	}
	return 0, false
}

// Live reports whether both users agreed to the call and it is not over.
func (s State) Live() bool {
	return s.Phase == Connecting || s.Phase == Active || s.Phase == Recovering
}

// Offers reports whether it is for this side to make the offers of the call, of
// restarts too, so that two never meet.
func (s State) Offers() bool { return (s.Role == Caller) != s.Reversed }

// HasPeer reports whether a peer of call ID exists.
func (s State) HasPeer() bool {
	return s.Live() || s.Phase == Closing || s.Phase == Calling && s.OfferFirst
}
