package frame

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/signaling"
)

type memberJSON struct {
	Name    string               `json:"name"`
	Display string               `json:"display"`
	Kind    signaling.MemberKind `json:"kind"`
}

type iceJSON struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

type descriptionJSON struct {
	Type  signaling.DescriptionType `json:"type"`
	SDP   string                    `json:"sdp"`
	Round int                       `json:"round"`
}

type candidateJSON struct {
	Candidate        string  `json:"candidate"`
	SDPMid           *string `json:"sdpMid,omitempty"`
	SDPMLineIndex    *uint16 `json:"sdpMLineIndex,omitempty"`
	UsernameFragment *string `json:"usernameFragment,omitempty"`
}

// frameJSON has the members of every frame, each left out when it is empty.
type frameJSON struct {
	Type        string           `json:"type"`
	Name        string           `json:"name,omitempty"`
	Display     string           `json:"display,omitempty"`
	Invite      string           `json:"invite,omitempty"`
	Self        *memberJSON      `json:"self,omitempty"`
	Resume      string           `json:"resume,omitempty"`
	ICE         *[]iceJSON       `json:"ice,omitempty"`
	Here        *[]memberJSON    `json:"here,omitempty"`
	Member      *memberJSON      `json:"member,omitempty"`
	URL         string           `json:"url,omitempty"`
	Expires     string           `json:"expires,omitempty"`
	Code        Code             `json:"code,omitempty"`
	To          string           `json:"to,omitempty"`
	From        string           `json:"from,omitempty"`
	Call        signaling.CallID `json:"call,omitempty"`
	Kind        string           `json:"kind,omitempty"`
	Text        string           `json:"text,omitempty"`
	Timeout     bool             `json:"timeout,omitempty"`
	Description *descriptionJSON `json:"description,omitempty"`
	Candidate   *candidateJSON   `json:"candidate,omitempty"`
}

// Encode returns f as the text of a WebSocket message. It fails for a call
// without a message, for signaling.Unavailable, and for nothing else.
func Encode(f Frame) ([]byte, error) {
	out, err := toJSON(f)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // SDP is full of what HTML would escape
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("frame: encode %s: %w", out.Type, err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

func toJSON(f Frame) (frameJSON, error) {
	switch f := f.(type) {
	case Identify:
		return frameJSON{Type: "identify", Name: f.Name, Display: f.Display, Resume: f.Resume, Invite: f.Invite}, nil
	case Welcome:
		self, ice := memberJSON(f.Self), iceToJSON(f.ICE)
		return frameJSON{Type: "welcome", Self: &self, Resume: f.Resume, ICE: &ice}, nil
	case Presence:
		here := make([]memberJSON, len(f.Here))
		for i, m := range f.Here {
			here[i] = memberJSON(m)
		}
		return frameJSON{Type: "presence", Here: &here}, nil
	case Came:
		m := memberJSON(f.Member)
		return frameJSON{Type: "came", Member: &m}, nil
	case Gone:
		return frameJSON{Type: "gone", Name: f.Name}, nil
	case LinkRequest:
		return frameJSON{Type: "link"}, nil
	case Link:
		return frameJSON{Type: "link", URL: f.URL, Expires: f.Expires.UTC().Format(time.RFC3339)}, nil
	case Error:
		return frameJSON{Type: "error", Code: f.Code, Text: f.Text, Call: f.ID, To: f.To}, nil
	case Call:
		return callToJSON(f)
	case Unknown:
		return frameJSON{Type: f.Type}, nil
	}
	return frameJSON{}, fmt.Errorf("frame: %T is not a frame", f)
}

func iceToJSON(servers []signaling.ICEServer) []iceJSON {
	out := make([]iceJSON, len(servers))
	for i, s := range servers {
		out[i] = iceJSON(s)
	}
	return out
}

func callToJSON(f Call) (frameJSON, error) {
	out := frameJSON{To: f.To, From: f.From, Display: f.Display, Call: f.ID}
	switch m := f.Message.(type) {
	case signaling.Invite:
		out.Type, out.Kind = "invite", m.Kind.String()
		if m.Offer != nil {
			out.Description = (*descriptionJSON)(m.Offer)
		}
	case signaling.Ringing:
		out.Type = "ringing"
	case signaling.Accept:
		out.Type, out.Kind = "accept", m.Kind.String()
	case signaling.Decline:
		out.Type, out.Text = "decline", strings.TrimSpace(m.Text)
	case signaling.Busy:
		out.Type = "busy"
	case signaling.Cancel:
		out.Type, out.Timeout = "cancel", m.Timeout
	case signaling.Description:
		out.Type, out.Description = "description", (*descriptionJSON)(&m)
	case signaling.Candidate:
		out.Type, out.Candidate = "candidate", (*candidateJSON)(&m)
	case signaling.Bye:
		out.Type = "bye"
	default:
		return out, fmt.Errorf("frame: a call cannot carry %T", m)
	}
	return out, nil
}
