package session

import (
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// Input is anything that goes into the mailbox: a Command, a call.Event wrapped
// in Called, a signaling.Event wrapped in Signaled, or a report.
type Input interface{ input() }

type (
	// Called wraps an event of the call machine (from the peer).
	Called struct{ Event call.Event }
	// Signaled wraps what a server connection reports.
	Signaled struct{ Event signaling.Event }
	// FirstFrame says that the first remote picture or sound of a call is there.
	FirstFrame struct {
		ID   signaling.CallID
		Kind media.Kind
		At   time.Time
	}
	// Reading is a new reading of a live call.
	Reading struct {
		ID    signaling.CallID
		Stats call.Stats
	}
	// TakesTwo says whether the other side of a call takes a screen beside the camera.
	TakesTwo struct {
		ID signaling.CallID
		On bool
	}
	// SeesShare says whether the other side shows its screen beside its camera.
	SeesShare struct {
		ID signaling.CallID
		On bool
	}
	// DeviceReport is the present state of the devices.
	DeviceReport struct {
		Devices []media.Device
		Using   map[media.DeviceKind]string // names of what is open; missing: nothing
		Notices []Notice
		Sound   Heard
		// Shared is the name of what is shown of the screen, and Sharing the choice
		// that means it.
		Shared  string
		Sharing media.Choice
	}
	// ShareEnded says that what a choice means of the screen can be shown no more,
	// and why.
	ShareEnded struct {
		Choice media.Choice
		Notice Notice
	}
	// BookChanged is the present content of the book.
	BookChanged struct {
		Contacts []call.Contact
		History  []call.Record // newest first
	}
	// Noticed adds a notice from elsewhere.
	Noticed struct{ Notice Notice }
)

// Commands are what the user wants. They are inputs too.
type (
	// Dial calls somebody.
	Dial struct {
		To   signaling.Address
		Kind media.Kind
	}
	// Accept answers the ringing call.
	Accept struct{ Kind media.Kind }
	// Reject declines the ringing call.
	Reject struct{ Text string }
	// Hangup ends whatever is going on.
	Hangup struct{}
	// Mute stops or resumes sending sound or picture, without renegotiation.
	Mute struct {
		Kind media.Kind
		On   bool
	}
	// Choose picks a device; it is kept for later calls.
	Choose struct {
		Kind   media.DeviceKind
		Choice media.Choice
	}
	// Preview opens the camera before a call, or closes it.
	Preview struct{ On bool }
	// Share shows something on the screen, camera muted or not, or ends that. It ends
	// with the call or the preview; without either it does nothing.
	Share struct {
		On     bool
		Target string // see Sharing
		Smooth bool   // see Sharing; the same target goes on, otherwise
	}
	// Tune switches stages of the voice's processing; it is kept for later calls.
	Tune struct{ Switches map[Stage]bool }
	// SetVolume sets how loud the speaker or the ringer is; it is kept for later
	// calls. What Level is outside of 0 to 1 is cut.
	SetVolume struct {
		Kind  media.DeviceKind
		Level float64
	}
	// TestSound opens microphone and speaker before a call, or closes them. The
	// next call ends it. In a call it does nothing.
	TestSound struct{ On bool }
	// RunTest lets the sound test begin to record, play what it recorded, or
	// chime; or stop with what it does. Without a sound test it does nothing.
	RunTest struct{ Doing Doing }
	// Invite asks for an invite link of a server.
	Invite struct{ Server string }
	// Solve answers a challenge: X is in pixels of its picture.
	Solve struct {
		Server, ID string
		X          int
	}
	// Forgotten says that a server was removed by the user. It comes after the last
	// event of its connection.
	Forgotten struct{ Server string }
	// SaveContact adds or changes a contact.
	SaveContact struct{ Contact call.Contact }
	// RemoveContact forgets a contact.
	RemoveContact struct{ Address signaling.Address }
	// SeeMissed marks every missed call as seen.
	SeeMissed struct{}
	// Dismiss removes a notice from view.
	Dismiss struct{ Code string }
)

func (Called) input()        {}
func (Signaled) input()      {}
func (FirstFrame) input()    {}
func (Reading) input()       {}
func (TakesTwo) input()      {}
func (SeesShare) input()     {}
func (DeviceReport) input()  {}
func (ShareEnded) input()    {}
func (BookChanged) input()   {}
func (Noticed) input()       {}
func (Dial) input()          {}
func (Accept) input()        {}
func (Reject) input()        {}
func (Hangup) input()        {}
func (Mute) input()          {}
func (Choose) input()        {}
func (Preview) input()       {}
func (Share) input()         {}
func (Tune) input()          {}
func (SetVolume) input()     {}
func (TestSound) input()     {}
func (RunTest) input()       {}
func (Invite) input()        {}
func (Solve) input()         {}
func (Forgotten) input()     {}
func (SaveContact) input()   {}
func (RemoveContact) input() {}
func (SeeMissed) input()     {}
func (Dismiss) input()       {}
