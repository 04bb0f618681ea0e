package screen

import (
	"time"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// Input is everything that a Model depends on.
type Input struct {
	Session session.Snapshot
	View    View
	Words   *words.Words
	Now     time.Time
	// Dialects are the kinds of servers that can be added, by title.
	Dialects []Dialect
	// Servers are those that there are to be. What the session does not know
	// of yet is being connected.
	Servers []string
}

// View is where the user is in the window: nothing that the session knows.
type View struct {
	Page      Page
	Search    string
	Selected  signaling.Address // whose page is open; zero for nobody's
	Settings  bool              // the settings are open, in place of a person
	Server    string            // URL of the server whose page is open, in place of both
	Adding    Adding            // while a server is being added
	Dismissed signaling.CallID  // the ending that was waved away
}

// elsewhere reports whether the pane shows something else than a person.
func (v View) elsewhere() bool { return v.Settings || v.Server != "" }

// Page is which list is in view.
type Page uint8

// The pages.
const (
	People Page = iota
	Calls
)

// Stage is which of the window's faces is in view.
type Stage uint8

// The stages. Home stays behind Incoming, which has a window of its own.
const (
	AtHome Stage = iota
	Incoming
	InCall // from dialling to hanging up
)

// Model is what the window shows.
type Model struct {
	Stage   Stage
	Home    Home
	Ring    Ring
	Call    Call
	Banners []Banner
	Devices []DeviceGroup
	Sound   Sound
	Invite  Invite
	Add     AddServer
	Puzzle  signaling.Challenge // that a server asks to be solved; ID "" for none
	Title   string
	// Next is when the model changes although nothing happens; zero for never.
	Next time.Time
}

// Home is the window at rest.
type Home struct {
	Status     string // one quiet line about a server that is down; "" when all is well
	Page       Page
	Missed     int
	CallsTab   string // name of the tab, with the count of missed calls
	People     []Person
	Calls      []CallLine
	Hint       string // in place of an empty list
	Invitation string // where nobody is picked
	Welcome    bool   // there is nobody at all: offer Echo and an invite
	Pane       Pane
	Person     PersonPage
	Echo       signaling.Address // of the Echo that is here; zero for none
	Self       string
	Servers    []ServerLine
	Server     ServerPage
}

// Pane is what lies beside the list.
type Pane uint8

// The panes.
const (
	NoPane Pane = iota
	PersonPane
	SettingsPane
	ServerPane
)

// Person is a line of the list of people.
type Person struct {
	Address  signaling.Address
	Name     string
	Sub      string
	Kind     signaling.MemberKind
	Here     bool
	Known    bool // whether presence is known at all
	Contact  bool
	Starred  bool
	Selected bool
	Typed    bool   // nobody known: what was typed into the search
	Server   string // typed, and an address of a server: offer to add it
}

// Direction tells how a call went, for its icon and its word.
type Direction uint8

// The directions.
const (
	Outgoing Direction = iota
	IncomingCall
	MissedCall
)

// CallLine is a line of the history.
type CallLine struct {
	ID        signaling.CallID
	Address   signaling.Address
	Name      string
	What      string // "incoming · 12 min"
	When      string
	Day       string // shorter
	Direction Direction
	Video     bool
	Selected  bool
}

// PersonPage is one person's page.
type PersonPage struct {
	Address  signaling.Address
	Name     string
	Presence string // the word
	Where    string
	Hint     string
	Kind     signaling.MemberKind
	Here     bool
	Known    bool
	Contact  bool
	Starred  bool
	CanCall  bool
	Voice    bool // the server can carry a call of sound only
	History  []CallLine
	Empty    string // in place of an empty history
}

// Ring is the window that asks whether to answer.
type Ring struct {
	Title    string
	Name     string
	What     string // "wants to see you · through hub.example"
	Stranger string // "" for a contact
	Learn    string // what a stranger will learn on answer
	Kind     signaling.MemberKind
	Video    bool     // can be answered with picture
	Texts    []string // to decline with; nil where the server carries none
	Limit    string   // what the server cannot tell them; "" for nothing
}

// Call is a call from dialling to hanging up.
type Call struct {
	Name       string
	Kind       signaling.MemberKind
	Status     string // "Ringing", "Reconnecting, 12 seconds left"; "" when all is well
	Clock      string // duration, "" before the call is live
	Live       bool
	Video      bool // the call carries pictures
	ShowRemote bool // a remote picture is or was there
	SeesShare  bool // their screen has the stage, and their camera a corner
	ShowLocal  bool
	Dim        bool // the picture is old
	Muted      bool
	CameraOff  bool
	Hangup     string // name of the button
	Waiting    bool   // nobody has answered yet
	Level      float64
	Sharing    Sharing
	Recording  Recording
	Limit      string // why our picture is less than it could be, "" when it is not
}

// HasPicture reports whether there is one of the other side: of its camera, its screen,
// or both.
func (c Call) HasPicture() bool { return c.ShowRemote || c.SeesShare }

// Banner is one sentence for the user.
type Banner struct {
	Key    string // a notice's code, or the id of the call that ended
	Text   string
	Detail string
	Action Action
	Label  string // of the action
	Retry  session.Dial
	Server string // whose page the action opens
	Ending bool   // it tells how a call ended
}

// Action is what a banner offers.
type Action uint8

// The actions.
const (
	NoAction Action = iota
	CallAgain
	ChooseDevice
	OpenServer
	Unmute
	RecordAnyway
)

// DeviceGroup is the choice of one kind of device.
type DeviceGroup struct {
	Kind    media.DeviceKind
	Label   string
	Value   string // media.Choice in its text form
	Options []DeviceOption
}

// DeviceOption is one choice.
type DeviceOption struct{ Value, Text string }

// Invite is what the invite sheet shows.
type Invite struct {
	Server  string // to be asked for a link; "" when none can give one
	URL     string // "" while waiting
	Expires string
	Note    string // where the link works, or why there is none
}

// Of returns what the window shows.
func Of(in Input) Model {
	in.Session.Servers = expected(in)
	m := Model{
		Stage:   stage(in.Session.Call.Phase),
		Home:    home(in),
		Banners: banners(in),
		Devices: devices(in),
		Sound:   sound(in),
		Invite:  invite(in),
		Add:     addServer(in),
		Puzzle:  in.Session.Challenge,
		Title:   in.Words.Text("app.name"),
	}
	switch m.Stage {
	case Incoming:
		m.Ring = ring(in)
	case InCall:
		m.Call = callOf(in)
		m.Title = m.Call.Name + " · " + m.Title
	case AtHome:
	}
	m.Next = next(in)
	return m
}

func stage(p call.Phase) Stage {
	switch p {
	case call.Ringing:
		return Incoming
	case call.Calling, call.Connecting, call.Active, call.Recovering:
		return InCall
	case call.Idle, call.Closing:
	}
	return AtHome
}

// endingShown is how long the sentence about how a call ended stays.
const endingShown = 12 * time.Second

// passing is how long notices stay that leave by themselves.
const passing = 8 * time.Second

// next is the earliest moment at which the same input gives another model: the
// next second of a running clock, or when a sentence has been there long enough.
func next(in Input) time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if t.After(in.Now) && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	s := in.Session
	if s.Call.Live() && !s.LiveSince.IsZero() {
		sooner(in.Now.Add(time.Second - in.Now.Sub(s.LiveSince)%time.Second))
	}
	if s.Call.Phase == call.Recovering {
		if left := s.Deadline.Sub(in.Now); left > 0 {
			whole := (left - 1).Truncate(time.Second)
			sooner(in.Now.Add(left - whole))
		}
	}
	if !s.LastEnd.At.IsZero() {
		sooner(s.LastEnd.At.Add(endingShown))
	}
	if !s.Saved.At.IsZero() {
		sooner(s.Saved.At.Add(passing))
	}
	if s.Recording.On {
		sooner(in.Now.Add(time.Second - in.Now.Sub(s.Recording.Since)%time.Second))
	}
	for _, n := range s.Notices {
		if leaves(n.Code) {
			sooner(n.Since.Add(passing))
		}
	}
	return at
}
