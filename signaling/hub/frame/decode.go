package frame

import (
	"errors"
	"math"
	"time"

	"parley/media"
	"parley/signaling"
)

// The greatest lengths of opaque texts, in characters.
const (
	maxType   = 32
	maxSecret = 128
	maxURL    = 2048
	maxError  = 1024
)

// FromClient reads a frame that a client sent to the hub: Identify, LinkRequest
// or Call. The error is an Error, of code BadName for the names of Identify and
// BadFrame otherwise; it tells ID and To of a frame of a call where they could be read.
func FromClient(data []byte) (Frame, error) {
	o, err := parse(data)
	if err != nil {
		return nil, err
	}
	kind := o.text("type", maxType)
	if o.fault != nil {
		return nil, o.fault
	}
	switch kind {
	case "identify":
		return o.identify()
	case "link":
		return LinkRequest{}, nil
	}
	f := Call{To: o.name("to"), ID: o.id()}
	m, known := o.message(kind)
	if !known {
		return nil, Error{Code: BadFrame, Text: "unknown type", ID: f.ID, To: f.To}
	}
	return o.call(f, m)
}

// FromHub reads a frame that the hub sent to a client. A frame of a type that
// is not known is Unknown. The error is an Error of code BadFrame.
func FromHub(data []byte) (Frame, error) {
	o, err := parse(data)
	if err != nil {
		return nil, err
	}
	kind := o.text("type", maxType)
	if o.fault != nil {
		return nil, o.fault
	}
	var f Frame
	switch kind {
	case "welcome":
		f = o.welcome()
	case "presence":
		f = o.presence()
	case "came":
		f = Came{o.memberAt("member")}
	case "gone":
		f = Gone{o.name("name")}
	case "link":
		f = Link{URL: o.text("url", maxURL), Expires: o.time("expires")}
	case "error":
		f = o.error()
	default:
		return o.fromPeer(kind)
	}
	if o.fault != nil {
		return nil, o.fault
	}
	return f, nil
}

func (o *object) fromPeer(kind string) (Frame, error) {
	f := Call{From: o.name("from"), ID: o.id()}
	if kind == "invite" {
		f.Display = o.shown("display", MaxDisplay)
	}
	m, known := o.message(kind)
	if !known {
		return Unknown{kind}, nil
	}
	return o.call(f, m)
}

func (o *object) identify() (Frame, error) {
	f := Identify{Resume: o.optional("resume", maxSecret), Invite: o.optional("invite", maxSecret)}
	var name, display string
	o.read("name", f.Invite == "", &name)
	o.read("display", false, &display)
	if o.fault != nil {
		return nil, o.fault
	}
	var ok bool
	if f.Display, ok = Display(display); !ok {
		return nil, Error{Code: BadName, Text: "display has over 64 characters, or some that cannot be seen"}
	}
	if f.Invite != "" {
		return f, nil
	}
	if f.Name, ok = Name(name); !ok {
		return nil, Error{Code: BadName, Text: "name is not 1 to 64 letters, digits or . _ -"}
	}
	return f, nil
}

// call joins a frame of a call with its message, or tells what is wrong with either.
func (o *object) call(f Call, m signaling.Message) (Frame, error) {
	if o.fault == nil {
		f.Message = m
		return f, nil
	}
	var e Error
	errors.As(o.fault, &e)
	e.ID, e.To = f.ID, f.To
	return nil, e
}

// message reads the message of a call, and tells whether there is such a type.
func (o *object) message(kind string) (signaling.Message, bool) {
	switch kind {
	case "invite":
		return o.invite(), true
	case "ringing":
		return signaling.Ringing{}, true
	case "accept":
		return signaling.Accept{Kind: o.kind()}, true
	case "decline":
		return signaling.Decline{Text: o.shown("text", MaxText)}, true
	case "busy":
		return signaling.Busy{}, true
	case "cancel":
		var timeout bool
		o.read("timeout", false, &timeout)
		return signaling.Cancel{Timeout: timeout}, true
	case "description":
		return o.description(), true
	case "candidate":
		return o.candidate(), true
	case "bye":
		return signaling.Bye{}, true
	}
	return nil, false
}

func (o *object) invite() signaling.Invite {
	m := signaling.Invite{Kind: o.kind()}
	if o.has("description") {
		offer := o.description()
		if offer.Type != signaling.Offer {
			o.fail("description", "is not an offer")
		}
		m.Offer = &offer
	}
	return m
}

func (o *object) kind() media.Kind {
	kind, err := media.ParseKind(o.text("kind", maxType))
	if err != nil {
		o.fail("kind", "is neither audio nor video")
	}
	return kind
}

func (o *object) description() signaling.Description {
	in := o.inner("description")
	d := signaling.Description{
		Type: signaling.DescriptionType(in.text("type", maxType)),
		SDP:  in.text("sdp", MaxSize),
	}
	if d.Type != signaling.Offer && d.Type != signaling.Answer {
		in.fail("type", "is neither offer nor answer")
	}
	in.read("round", false, &d.Round)
	if d.Round < 0 || d.Round > math.MaxInt32 {
		in.fail("round", "is out of range")
	}
	o.adopt("description", in)
	return d
}

func (o *object) candidate() signaling.Candidate {
	in := o.inner("candidate")
	var c signaling.Candidate
	in.read("candidate", true, &c.Candidate)
	in.read("sdpMid", false, &c.SDPMid)
	in.read("sdpMLineIndex", false, &c.SDPMLineIndex)
	in.read("usernameFragment", false, &c.UsernameFragment)
	o.adopt("candidate", in)
	return c
}

func (o *object) welcome() Welcome {
	f := Welcome{Self: o.memberAt("self"), Resume: o.optional("resume", maxSecret), ICE: []signaling.ICEServer{}}
	o.inners("ice", func(in *object) { f.ICE = append(f.ICE, in.iceServer()) })
	return f
}

// iceServer reads an RTCIceServer of W3C webrtc-pc, whose urls is one string or several.
func (o *object) iceServer() signaling.ICEServer {
	s := signaling.ICEServer{Username: o.optional("username", maxURL), Credential: o.optional("credential", maxURL)}
	if raw := o.members["urls"]; len(raw) > 0 && raw[0] == '"' {
		s.URLs = []string{o.text("urls", maxURL)}
		return s
	}
	o.read("urls", true, &s.URLs)
	if len(s.URLs) == 0 {
		o.fail("urls", "is empty")
	}
	return s
}

func (o *object) presence() Presence {
	f := Presence{Here: []Member{}}
	o.inners("here", func(in *object) { f.Here = append(f.Here, in.member()) })
	return f
}

func (o *object) memberAt(key string) Member {
	in := o.inner(key)
	m := in.member()
	o.adopt(key, in)
	return m
}

func (o *object) member() Member {
	m := Member{
		Name:    o.name("name"),
		Display: o.shown("display", MaxDisplay),
		Kind:    signaling.MemberKind(o.text("kind", maxType)),
	}
	switch m.Kind {
	case signaling.Person, signaling.Guest, signaling.Robot:
	default:
		o.fail("kind", "is neither person, guest nor robot")
	}
	if m.Display == "" {
		m.Display = m.Name
	}
	return m
}

func (o *object) time(key string) time.Time {
	t, err := time.Parse(time.RFC3339, o.text(key, maxType))
	if err != nil {
		o.fail(key, "is not a time of RFC 3339")
	}
	return t.UTC().Truncate(time.Second)
}

func (o *object) error() Error {
	f := Error{Code: Code(o.text("code", maxType)), Text: o.optional("text", maxError), To: o.optional("to", MaxName*4)}
	if o.has("call") {
		f.ID = o.id()
	}
	return f
}
