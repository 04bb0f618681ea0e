package session

import (
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// Snapshot is the truth at one moment, for whoever shows it. It is a value that
// shares no memory with the loop that could change.
type Snapshot struct {
	Call       call.State
	PeerName   string    // display name of Call.Remote
	Began      time.Time // when the call began to ring
	LiveSince  time.Time // when it was accepted; zero before
	Deadline   time.Time // when the phase times out; zero for never
	FirstFrame map[media.Kind]time.Time
	Stats      call.Stats // of the live call
	LastEnd    Ending     // how the last call ended; zero before the first

	Servers  []Server
	Roster   []signaling.Member // others on the servers, sorted by name
	Contacts []call.Contact
	History  []call.Record // newest first
	Invite   signaling.InviteLink
	// Challenge is what a server wants a person to solve; ID "" for nothing. Of
	// several it is the oldest.
	Challenge signaling.Challenge

	Muted   map[media.Kind]bool
	Devices []media.Device
	Using   map[media.DeviceKind]string
	Chosen  map[media.DeviceKind]media.Choice
	Sharing Sharing // of ours
	// SeesShare tells that the other side shows something on its screen beside its
	// camera, as a picture of its own. In the place of its camera it may do so, too,
	// which nobody can tell.
	SeesShare bool
	Sound     Sound
	Recording CallRecording
	Saved     Saved // what was saved last
	Notices   []Notice
}

// Ending is how a call ended.
type Ending struct {
	ID     signaling.CallID
	Remote signaling.Address
	Name   string
	Kind   media.Kind
	Role   call.Role
	Reason call.Reason
	At     time.Time
	Text   string // what the other side said when it declined
}

// Server is one server's connection.
type Server struct {
	URL          string
	Up           bool
	Self         signaling.Member
	Capabilities signaling.Capabilities
	RetryAt      time.Time // when the next try is due, if not Up
	Cause        string    // code of why it is down; "" when never tried

	Profile       string // the dialect spoken: "hub" or a profile's name
	NotUnderstood int    // frames, since the server was connected first
	LastUnknown   string // what the last of them looked like, without contents
}

// Notice is something the user should read, as a sentence with a remedy. The
// sentence is found in the translations by Code; Args fill it.
type Notice struct {
	Code  string
	Args  map[string]string
	Err   error // for the details
	Since time.Time
}
