package signaling

import (
	"context"
	"errors"
	"time"
)

// ErrOffline is returned by Send when there is no connection to the server.
var ErrOffline = errors.New("signaling: not connected to the server")

// ErrBacklog is returned by Send when the server reads too slowly to take more.
var ErrBacklog = errors.New("signaling: the server does not read fast enough")

// ErrProxy is wrapped by the cause of Unlinked where a proxy is on the way to the server
// and does not lead there: it cannot be reached, lets nobody in, or finds no server.
var ErrProxy = errors.New("signaling: the proxy does not lead to the server")

// Client speaks one server's protocol over one kept-alive connection.
type Client interface {
	// Run connects, identifies, reconnects when the connection is lost, and
	// reports everything by post until ctx is done. It returns nil when ctx
	// ended it, or the reason why trying again is pointless. post is called
	// from one goroutine and must not block.
	Run(ctx context.Context, post func(Event)) error
	// Send hands an envelope to the connection. It never blocks. The error is
	// ErrOffline or ErrBacklog, possibly wrapped.
	Send(Envelope) error
	// Invite asks the server for an invite link, which arrives as an
	// InviteLink event. It never blocks.
	Invite() error
}

// Event is what a Client reports: one of the types of this file.
type Event interface{ event() }

// Linked says that the server is connected and knows us as Self. ICE lists what
// the server offers for finding a path; it replaces our own list in calls of
// this server unless it is empty.
type Linked struct {
	Server       string
	Profile      string // which dialect is spoken: "hub", or a profile's name
	Self         Member // zero where nobody has a name, as in rooms
	Capabilities Capabilities
	ICE          []ICEServer
	Peers        PeerHabits
}

// PeerHabits say what peer connections of a server's calls must do because the
// server, or the pages on it, cannot do otherwise. Zero is no wish.
type PeerHabits struct {
	// Gather is how long a description waits for candidates, so that it has them.
	Gather time.Duration
	// Goodbye is the label of a data channel that the offering side opens and
	// whose closing ends the call; "" for none.
	Goodbye string
	// Asides says that the offering side may open a data channel for what the programs
	// of a call tell each other, where there is none for goodbyes.
	Asides bool
}

// ICEServer is an RTCIceServer of W3C webrtc-pc: STUN or TURN (RFC 8489, RFC
// 8656). Its credential is a secret.
type ICEServer struct {
	URLs       []string
	Username   string
	Credential string
}

// Unlinked says that the connection is gone, why, and when the next try is due.
// Retry is zero when there will be none.
type Unlinked struct {
	Server string
	Cause  error
	Retry  time.Duration
}

// Roster is the complete list of the others on the server: a level, not a
// change, so that a lost event cannot leave a ghost.
type Roster struct {
	Server  string
	Members []Member
}

// Received is one envelope from a peer or, for Unavailable, from the server.
type Received struct{ Envelope Envelope }

// InviteLink is a URL that lets somebody without an account ring us, once asked for.
type InviteLink struct {
	Server  string
	URL     string
	Expires time.Time
}

// Fault is something the server said went wrong, or a frame that could not be
// understood. Code is one of the Fault constants, or the server's own word.
type Fault struct {
	Server string
	Name   string // that we asked to have there
	Code   string
	Err    error
}

// Counted tells how many frames of a server could not be understood since it was
// connected first, and what the last one looked like: names, no contents.
type Counted struct {
	Server string
	Frames int
	Last   string
}

// Challenge is a question that only a person can answer before the server lets
// us in: how far the piece must be moved to the right to fit into the picture.
type Challenge struct {
	Server string
	ID     string
	Image  []byte // PNG or JPEG
	Piece  []byte // of the same height
	Width  int    // of the picture, pixels
}

func (Counted) event()    {}
func (Challenge) event()  {}
func (Linked) event()     {}
func (Unlinked) event()   {}
func (Roster) event()     {}
func (Received) event()   {}
func (InviteLink) event() {}
func (Fault) event()      {}

// MemberKind tells what answers at an address.
type MemberKind string

// The kinds of members.
const (
	Person MemberKind = "person"
	Guest  MemberKind = "guest" // came by an invite link, and leaves with its page
	Robot  MemberKind = "robot" // answers by itself, like Echo
	Room   MemberKind = "room"  // whoever is in it
)

// Member is somebody on a server, at this moment.
type Member struct {
	Address Address
	Name    string // for people to read; equal to Address.Name when the server has no other
	Kind    MemberKind
}

// Capabilities tells what a server can carry. What it cannot is hidden or
// explained in the window.
type Capabilities struct {
	OfferWithInvite bool // the offer travels with the ring
	Ringing         bool // the caller learns that the other side rings
	Decline         bool
	Busy            bool
	Cancel          bool // a ringing call can be withdrawn
	Bye             bool // a hang-up is told
	Presence        bool // who is here is known
	InviteLinks     bool // guests can be let in by a link
	Kinds           bool // a call can be sound only
	Restart         bool // descriptions can be exchanged again in a call
	Rooms           bool // an address is a room: calling it calls who is there
	Unproven        bool // anybody can claim any name
}

// Names lists the capabilities that hold, by the words that the control
// protocol uses, in the order of the struct.
func (c Capabilities) Names() []string {
	names := []string{}
	for _, n := range c.named() {
		if n.has {
			names = append(names, n.name)
		}
	}
	return names
}

// Lacks lists what the server cannot do, by the same words. Rooms and Unproven
// are no abilities.
func (c Capabilities) Lacks() []string {
	lacks := []string{}
	for _, n := range c.named() {
		if !n.has && n.name != rooms && n.name != unproven {
			lacks = append(lacks, n.name)
		}
	}
	return lacks
}

const (
	rooms    = "rooms"
	unproven = "unproven"
)

// named is one capability, and whether it holds.
type named struct {
	has  bool
	name string
}

func (c Capabilities) named() []named {
	return []named{
		{c.OfferWithInvite, "offerWithInvite"},
		{c.Ringing, "ringing"},
		{c.Decline, "decline"},
		{c.Busy, "busy"},
		{c.Cancel, "cancel"},
		{c.Bye, "bye"},
		{c.Presence, "presence"},
		{c.InviteLinks, "inviteLinks"},
		{c.Kinds, "kinds"},
		{c.Restart, "restart"},
		{c.Rooms, rooms},
		{c.Unproven, unproven},
	}
}
