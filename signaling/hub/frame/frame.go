// Package frame writes and reads the frames of the hub's protocol
// (docs/protocol.md): JSON objects that the hub and its clients exchange. What
// it reads it has checked, so nobody behind it needs to.
//
// It may import signaling and media.
package frame

import (
	"time"

	"parley/signaling"
)

// Protocol is the WebSocket subprotocol (RFC 6455 section 1.9) of this version.
const Protocol = "parley.hub.v1"

// MaxSize is the greatest length of a frame, in bytes.
const MaxSize = 256 << 10

// Frame is one frame of the protocol: one of the types of this package. Frames
// are values; pointers to them are not frames.
type Frame interface{ frame() }

// Identify is the first frame of a client. A guest has an Invite and no Name.
type Identify struct {
	Name    string
	Display string
	Resume  string
	Invite  string
}

// Welcome answers Identify.
type Welcome struct {
	Self   Member
	Resume string
	ICE    []signaling.ICEServer
}

// Member is somebody on the hub. Its Display is never empty once read.
type Member struct {
	Name    string
	Display string
	Kind    signaling.MemberKind
}

// Presence tells who else is here.
type Presence struct{ Here []Member }

// Came tells that somebody is here now, or goes by another display name.
type Came struct{ Member Member }

// Gone tells that somebody is not here any more.
type Gone struct{ Name string }

// LinkRequest asks for an invite link.
type LinkRequest struct{}

// Link answers LinkRequest.
type Link struct {
	URL     string
	Expires time.Time // to the second
}

// Call is a frame of a call: To is set on its way to the hub, From and, for an
// invite, Display on its way from it. Message is any message of package
// signaling but Unavailable.
type Call struct {
	To      string
	From    string
	Display string
	ID      signaling.CallID
	Message signaling.Message
}

// Unknown is a frame of the hub whose type this version does not know.
type Unknown struct{ Type string }

func (Identify) frame()    {}
func (Welcome) frame()     {}
func (Presence) frame()    {}
func (Came) frame()        {}
func (Gone) frame()        {}
func (LinkRequest) frame() {}
func (Link) frame()        {}
func (Call) frame()        {}
func (Error) frame()       {}
func (Unknown) frame()     {}
