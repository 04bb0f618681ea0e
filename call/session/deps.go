package session

import (
	"log/slog"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// Deps is what a session needs from the rest of the program. Every method that
// it calls returns at once.
type Deps struct {
	Link     Link
	Open     Opener
	Devices  Devices
	Ledger   Ledger
	Recorder Recorder                // nil: nothing is recorded
	NewID    func() signaling.CallID // random, at least 128 bits
	Publish  func(Snapshot)          // called from the loop after every change
	Name     string                  // our display name, "" to use the server's
	Sound    Sound                   // Switches and Volume to begin with
	Log      *slog.Logger
}

// Link carries envelopes to servers.
type Link interface {
	Send(signaling.Envelope) error
	// Invite asks server for an invite link, which arrives as a signaling.InviteLink.
	Invite(server string) error
	// Solve answers the challenge of server that has this id: its piece belongs x
	// pixels from the left.
	Solve(server, id string, x int) error
}

// Peer is one peer connection. All methods return at once and are answered, if
// at all, by call events.
type Peer interface {
	Restart(round int)
	SetRemote(signaling.Description)
	AddCandidate(signaling.Candidate)
	Narrow() // lower to sound only before media flows
	Close()  // answered by call.PeerClosed
}

// Opener makes a peer. What the peer has to say goes to post, which never
// blocks and takes a call.Event, FirstFrame, Reading, TakesTwo or SeesShare.
type Opener func(o call.Open, post func(Input)) Peer

// Devices follows what the session wants of camera, microphone and speaker. It
// reports back by DeviceReport inputs.
type Devices interface{ Apply(Wanted) }

// Ledger keeps contacts and history. It reports back by BookChanged inputs.
type Ledger interface {
	Record(call.Record)
	Save(call.Contact)
	Remove(signaling.Address)
	SeeMissed() // marks every missed call as seen
}

// Wanted is what devices should do now: a level, so repeating it is harmless.
type Wanted struct {
	Camera     bool // capture pictures
	Sharing    bool // capture Target, and not the camera; MuteVideo does not concern it
	Beside     bool // with Sharing: but do capture the camera, as without it, too
	Target     string
	Smooth     bool // what is shown of the screen moves
	Microphone bool // capture sound
	Speaker    bool // be ready to play
	SoundTest  bool // microphone and speaker are open for the sound test
	Test       TestOrder
	MuteAudio  bool // send silence
	MuteVideo  bool // send a still instead of the camera, and free the camera
	Tone       Tone
	Chosen     map[media.DeviceKind]media.Choice // nil: as started
	Switches   map[Stage]bool                    // of the voice's stages; missing: on
	Volume     map[media.DeviceKind]float64      // of speaker and ringer, 0 to 1; missing: 1
}

// Tone is what the program itself plays.
type Tone uint8

// The tones.
const (
	NoTone Tone = iota
	RingTone
	RingBack
	BusyTone
	HangupTone
)
