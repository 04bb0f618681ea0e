// Package profile reads the description of a signaling server: which frames
// say what, in a TOML file without any code (docs/profiles.md). What it returns
// is checked and compiled, so that whoever runs it meets no surprises.
//
// It may import signaling, media and signaling/dialect/value.
package profile

import (
	"time"

	"parley/signaling/dialect/value"
)

// Profile is one server's dialect.
type Profile struct {
	Name  string // what --profile takes: lower-case letters, digits and dashes
	Title Text   // what people read in a list
	Note  Text   // one sentence on what it is for; may be empty
	Port  int    // where the address names none; 0: the scheme's
	// Unproven says that the server believes whoever claims a name.
	Unproven bool

	Params   []Param
	Channels map[string]Channel // by name; "main" is always there
	Identify []Step             // in order, after main opened
	Peers    Peers
	Flow     Flow
	SDP      SDPEncoding
	// Candidates says how ICE candidates travel.
	Candidates Candidates
	Kinds      Kinds
	Timers     []Timer
	Send       map[Message]Send
	Recv       []Rule // tried from the top; the first that matches counts
	Probes     []Probe
}

// Main is the name of the channel that every profile has.
const Main = "main"

// Text is a sentence by language: "en" always, "zh" where there is one.
type Text map[string]string

// In returns the sentence in a language, or in English.
func (t Text) In(language string) string {
	if s := t[language]; s != "" {
		return s
	}
	return t["en"]
}

// Param is something that the user must, or may, tell before connecting.
// Templates see it as ${param.KEY}. The keys "name" and "room" are known to the
// program: the name that others ring, and the room of this connection.
type Param struct {
	Key      string
	Label    Text
	Default  string // ${host} and ${hostname} in it are of the address that the user typed
	Required bool
	Secret   bool // shown as dots
}

// ChannelKind tells how frames travel.
type ChannelKind string

// The kinds of channels.
const (
	WebSocket ChannelKind = "ws"       // one JSON value is one text message
	SocketIO  ChannelKind = "socketio" // a frame is {"event": NAME, "args": [...]}; the first heard is {"event": "connect", "args": [{"sid": ID}]}
	HTTP      ChannelKind = "http"     // a frame is {"method", "path", "query", "header", "body"}; what comes back is {"status", "body"}
)

// Channel is one way to the server.
type Channel struct {
	Kind ChannelKind
	// URL is where it leads; nil: to the address that the user typed, with Path
	// if that has none. It can be a reference relative to that address (RFC 3986
	// section 4.2): "//${hostname}:3001/x" keeps its scheme.
	URL          *value.Template
	Path         string
	Query        map[string]value.Template
	Header       map[string]value.Template
	Subprotocols []string
	EIO          int             // of Socket.IO: the Engine.IO version, 3 or 4
	Namespace    string          // of Socket.IO; "/" by default
	Auth         *value.Template // of Socket.IO's CONNECT packet
	// After is how many steps of Identify must be done before it opens.
	After int
}

// Step is one step of making ourselves known. It is done when its frames are
// out and, if Expect is there, when that rule matched.
type Step struct {
	Frames []Frame
	Expect *Rule
	Within time.Duration // for Expect; 10 s
	// Optional: where Expect does not match in time the step is done all the same.
	Optional bool
	Built    string // a step that needs code: "block-puzzle"; "" for none
	// Once: the step is not done again after a loss of the connection, and what it
	// captured, our own id too, is kept.
	Once bool
	// Unless is a parameter that makes the step needless when it is set, and
	// If one that must be set.
	Unless, If string
}

// Peers says who is on the other side of a call.
type Peers struct {
	Kind PeerKind
	IDs  IDType
	Self *value.Template // our own id; nil where there is none, as in rooms
	Name *value.Template // what others read; nil: ${param.name}
	// Contacts says that the list of people tells who may be called, not who is here.
	Contacts bool
}

// PeerKind tells whom an address names.
type PeerKind string

// The kinds of peers. In a room a member can have an id of its own (Rule.From),
// which templates see as ${to}; the address that people see is the room.
const (
	Person PeerKind = "person"
	Room   PeerKind = "room"
)

// IDType is the JSON type of ids, because some servers take 1 and "1" for two
// different people.
type IDType string

// The types of ids.
const (
	StringID   IDType = "string"
	IntegerID  IDType = "integer"
	PreserveID IDType = "preserve" // as the server wrote it; a string when it never did
)

// OfferTime tells when, and by whom, the offer is made.
type OfferTime string

// The orders.
const (
	WithInvite  OfferTime = "with-invite"  // the caller's offer is the ring, or travels with it
	AfterAccept OfferTime = "after-accept" // the caller offers when it heard the accept
	ByNewcomer  OfferTime = "by-newcomer"  // who joins a room offers to who is there: joining rings
	ByMember    OfferTime = "by-member"    // who is there offers to who joins: joining rings
)

// Glare tells what becomes of two calls that meet on their way.
type Glare string

// The ways out of a collision.
const (
	GlareCompare Glare = "compare" // the larger id goes on, as both sides can tell
	GlareWait    Glare = "wait"    // nobody has an id: wait a random moment, then yield
	GlareYield   Glare = "yield"   // always become the callee
	GlareInsist  Glare = "insist"  // always stay the caller
)

// Leaving tells what a goodbye does to the connection.
type Leaving string

// The ways to leave.
const (
	Stay      Leaving = "stay"
	Reconnect Leaving = "reconnect" // the end of the connection is the goodbye; then it is made anew
)

// Flow is how a call goes.
type Flow struct {
	Offer   OfferTime
	Glare   Glare
	Ring    time.Duration // the server's users give up ringing after so long; 0: the program's own limit
	Restart bool          // descriptions can be exchanged again in a call
	Echo    bool          // everything that we send comes back to us, too
	Leave   Leaving
	// Goodbye is the label of a data channel whose closing ends the call, as in
	// PeerJS pages; "" for none.
	Goodbye string
	// Quiet: after a goodbye, whoever said it, an offer in the room does not ring
	// for so long, because who stayed only meets us joining anew. It is kept for a
	// call of ours.
	Quiet time.Duration
	// Hint: a bye does not say whose it is, so it counts only while no media flows.
	Hint bool
}

// SDPEncoding is what ${sdp} stands for. What arrives is recognised by itself.
type SDPEncoding string

// The encodings.
const (
	SDPObject SDPEncoding = "object"      // {"type", "sdp"}
	SDPText   SDPEncoding = "text"        // the SDP
	SDPJSON   SDPEncoding = "json"        // the object as JSON in a string
	SDPBase64 SDPEncoding = "base64-json" // the object as base64 of JSON in a string
)

// CandidateShape is what ${candidate} stands for. What arrives is recognised by itself.
type CandidateShape string

// The shapes.
const (
	CandidateInit  CandidateShape = "init"  // RTCIceCandidateInit
	CandidateLabel CandidateShape = "label" // {"label": index, "id": mid, "candidate"}
	CandidateText  CandidateShape = "text"  // the candidate attribute
	CandidateJSON  CandidateShape = "json"  // RTCIceCandidateInit as JSON in a string
	CandidateList  CandidateShape = "list"  // an array of one RTCIceCandidateInit
)

// CandidateEnd is how the end of candidates is told.
type CandidateEnd string

// The ends.
const (
	EndNone      CandidateEnd = "none"      // not at all
	EndNull      CandidateEnd = "null"      // ${candidate} is null
	EndEmpty     CandidateEnd = "empty"     // its candidate is ""
	EndCompleted CandidateEnd = "completed" // it is {"completed": true}
)

// Hold tells how long own candidates are kept back.
type Hold string

// The holds.
const (
	HoldNever       Hold = "never"
	HoldUntilAnswer Hold = "until-answer" // was sent or received
)

// Candidates says how ICE candidates travel.
type Candidates struct {
	Gather  time.Duration // how long a description waits for candidates, so that it has them; 0: the program's own
	Trickle bool          // those found later are sent
	Hold    Hold
	Shape   CandidateShape
	End     CandidateEnd
}

// Kinds are the server's words for what a call carries; empty where it has none.
type Kinds struct{ Audio, Video string }

// Timer sends frames when a connection has stood for a while.
type Timer struct {
	After  time.Duration
	Repeat bool
	Frames []Frame
}

// Message is something that we say, by what it means.
type Message string

// The messages. A profile says only those that its server has a word for.
const (
	SayInvite    Message = "invite"
	SayRinging   Message = "ringing"
	SayAccept    Message = "accept"
	SayDecline   Message = "decline"
	SayBusy      Message = "busy"
	SayCancel    Message = "cancel"
	SayTimeout   Message = "timeout" // a cancel because nobody answered
	SayOffer     Message = "offer"
	SayAnswer    Message = "answer"
	SayCandidate Message = "candidate"
	SayCommit    Message = "commit" // after the answer was received, and after later candidates: apply them now
	SayBye       Message = "bye"
	SayLeave     Message = "leave" // before the connection is closed for good
)

// Send is what a message is said with.
type Send struct{ Frames []Frame }

// Frame is something to send.
type Frame struct {
	Via  string // the channel
	Body value.Template
	// Ack asks a Socket.IO server for an acknowledgement.
	Ack bool
	// Then reads what comes back: the acknowledgement's arguments, or the answer
	// of HTTP. Its Do can be "".
	Then *Rule
	// OK is what the answer must be like; otherwise it is a fault whose text is
	// at Text of Then.
	OK []Condition
}

// Condition looks at one place of a frame. All conditions of a rule must hold.
type Condition struct {
	Path   value.Path
	Is     []value.Template // one of these; numbers equal their text
	Exists bool             // it is there and not null
	Absent bool
}

// Action is what a rule makes of a frame.
type Action string

// The actions.
const (
	DoInvite      Action = "invite"    // they ring; with SDP, by an offer
	DoRinging     Action = "ringing"   // their phone rings
	DoAccept      Action = "accept"    // they took the call; with SDP, by an answer
	DoDecline     Action = "decline"   // they refuse
	DoBusy        Action = "busy"      // they are in another call
	DoCancel      Action = "cancel"    // they stopped ringing
	DoOffer       Action = "offer"     // an offer; a ring where the offer is the ring
	DoAnswer      Action = "answer"    // an answer
	DoSignal      Action = "signal"    // offer, answer or candidate: it says itself
	DoCandidate   Action = "candidate" // a candidate, or several
	DoCommit      Action = "commit"    // apply candidates: nothing to do for us
	DoBye         Action = "bye"       // they hung up
	DoUnavailable Action = "unavailable"
	DoRoster      Action = "roster"   // all who are here: Members, ID, Name
	DoCame        Action = "came"     // one came: From, Name
	DoGone        Action = "gone"     // one left: From
	DoReplaced    Action = "replaced" // the account logged in elsewhere: do not come back
	DoRefuse      Action = "refuse"   // the server will not have us, and says why: Code, Text
	DoFault       Action = "fault"    // something went wrong: Code, Text
	DoIgnore      Action = "ignore"   // known, and nothing to us
)

// Rule recognises a frame and finds what it says. Paths that are nil find
// nothing.
type Rule struct {
	Via   string // the channel it comes by
	Match []Condition
	Do    Action

	From      *value.Path // who it is from: the person, or the member of the room
	Name      *value.Path // what people call them
	Kind      *value.Path // a word of Kinds
	SDP       *value.Path
	Candidate *value.Path
	Text      *value.Path // for people
	Ref       *value.Path // the server's id of the call: frames of another are of another call
	Members   *value.Path // of DoRoster: the items
	ID        *value.Path // of DoRoster: the id in an item; nil: the item itself
	ICE       *value.Path // RTCIceServer list
	Self      *value.Path // our own id
	Present   *value.Path // whether somebody else is in the room
	Code      *value.Path

	Code0   string                // the fault's code where Code finds none
	Capture map[string]value.Path // kept while the connection stands: ${var.KEY}
	Keep    map[string]value.Path // kept while the call stands: ${call.KEY}
	Reply   []Frame
}

// Probe is how a server of this kind is recognised: by what it says after the
// frames of Say, or, if there are none, by itself.
type Probe struct {
	Say  []Frame
	Hear []Condition
}
