package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// rig is one engine, whose server is the test. What it does is written in lines.
type rig struct {
	t      *testing.T
	engine *engine.Engine
	now    time.Time
	random int
	calls  map[signaling.CallID]string // short names of calls that came in
	last   signaling.CallID            // that came in
	ticket int
	acts   []engine.Act
}

// newRig returns an engine that is connected by main.
func newRig(t *testing.T, p *profile.Profile, params ...string) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), calls: map[signaling.CallID]string{}}
	o := engine.Options{Profile: p, Server: server, Params: map[string]string{"name": "me", "room": "den"}, Random: func() string {
		r.random++
		return fmt.Sprintf("random%d", r.random)
	}}
	for i := 0; i+1 < len(params); i += 2 {
		o.Params[params[i]] = params[i+1]
	}
	r.engine = engine.New(o)
	return r
}

// online is a rig whose engine is known.
func online(t *testing.T, p *profile.Profile, params ...string) *rig {
	t.Helper()
	r := newRig(t, p, params...)
	r.open(profile.Main)
	return r
}

func (r *rig) open(via string) string { return r.lines(r.engine.Opened(via, r.now)) }

// hear takes a frame of main, as JSON.
func (r *rig) hear(frame string) string { return r.hearBy(profile.Main, frame) }

func (r *rig) hearBy(via, frame string) string {
	r.t.Helper()
	v, err := value.Decode([]byte(frame))
	if err != nil {
		r.t.Fatalf("%s: %v", frame, err)
	}
	return r.lines(r.engine.Heard(via, v, r.now))
}

// answer answers the last frame that asks for it.
func (r *rig) answer(frame string) string {
	r.t.Helper()
	v, err := value.Decode([]byte(frame))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.lines(r.engine.Answered(r.ticket, v, nil, r.now))
}

// send says a message of a call to somebody.
func (r *rig) send(peer string, id signaling.CallID, m signaling.Message) string {
	r.t.Helper()
	acts, err := r.engine.Send(signaling.Envelope{Peer: signaling.Address{Server: server, Name: peer}, Call: id, Message: m}, r.now)
	out := r.lines(acts)
	if err != nil {
		out = strings.TrimPrefix(out+"\nerror "+err.Error(), "\n")
	}
	return out
}

// pass lets time pass.
func (r *rig) pass(d time.Duration) string {
	var out []string
	until := r.now.Add(d)
	for {
		next := r.engine.Next()
		if next.IsZero() || next.After(until) {
			break
		}
		if next.After(r.now) {
			r.now = next
		}
		if line := r.lines(r.engine.Tick(r.now)); line != "" {
			out = append(out, line)
		}
	}
	r.now = until
	return strings.Join(out, "\n")
}

// lines spells what is to be done.
func (r *rig) lines(acts []engine.Act) string {
	r.acts = acts
	out := make([]string, len(acts))
	for i, a := range acts {
		out[i] = r.line(a)
	}
	return strings.Join(out, "\n")
}

func (r *rig) line(a engine.Act) string {
	switch a := a.(type) {
	case engine.Write:
		return r.write(a)
	case engine.Open:
		return "open " + a.Via
	case engine.Drop:
		return "drop"
	case engine.End:
		return "end: " + a.Err.Error()
	case engine.Ready:
		return strings.TrimSpace("ready " + a.Self.Address.Name + servers(a.ICE))
	case engine.Here:
		return "here" + names(a.Members)
	case engine.Puzzle:
		return fmt.Sprintf("puzzle %d wide", a.Challenge.Width)
	case engine.Post:
		return r.post(a.Event)
	}
	return "?"
}

func (r *rig) write(a engine.Write) string {
	text, err := value.Encode(a.Body)
	if err != nil {
		r.t.Errorf("%v cannot be written: %v", a.Body, err)
	}
	line := "say "
	if a.Via != profile.Main {
		line += "by " + a.Via + " "
	}
	if a.Ticket != 0 {
		r.ticket = a.Ticket
		line += "? "
	}
	return line + strings.ReplaceAll(string(text), `"`, "'")
}

func servers(all []signaling.ICEServer) string {
	out := ""
	for _, s := range all {
		out += " " + strings.Join(s.URLs, ",")
		if s.Username != "" {
			out += " as " + s.Username + ":" + s.Credential
		}
	}
	return out
}

func names(all []signaling.Member) string {
	out := ""
	for _, m := range all {
		out += " " + m.Address.Name
		if m.Name != m.Address.Name {
			out += "(" + m.Name + ")"
		}
	}
	return out
}

func (r *rig) post(e signaling.Event) string {
	switch e := e.(type) {
	case signaling.Received:
		m := e.Envelope
		if _, ok := m.Message.(signaling.Invite); ok {
			if !strings.HasPrefix(string(m.Call), "~") {
				r.t.Errorf("an incoming call is %q", m.Call)
			}
			r.last = m.Call
			r.calls[m.Call] = fmt.Sprintf("in%d", len(r.calls)+1)
		}
		id := string(m.Call)
		if short := r.calls[m.Call]; short != "" {
			id = short
		}
		return m.Peer.Name + " " + id + " " + message(m.Message)
	case signaling.Fault:
		return fmt.Sprintf("fault %s: %v", e.Code, e.Err)
	}
	return "?"
}

func message(m signaling.Message) string {
	switch m := m.(type) {
	case signaling.Invite:
		out := "invite " + m.Kind.String()
		if m.Name != "" {
			out += " by " + m.Name
		}
		if m.Offer != nil {
			out += " with " + session(m.Offer.SDP)
		}
		if m.Reversed {
			out += " reversed"
		}
		return out
	case signaling.Ringing:
		return "ringing"
	case signaling.Accept:
		if m.Kind != 0 {
			return "accept " + m.Kind.String()
		}
		return "accept"
	case signaling.Decline:
		return strings.TrimSpace("decline " + m.Text)
	case signaling.Busy:
		return "busy"
	case signaling.Cancel:
		if m.Timeout {
			return "cancel timeout"
		}
		return "cancel"
	case signaling.Description:
		return fmt.Sprintf("%s %s round %d", m.Type, session(m.SDP), m.Round)
	case signaling.Candidate:
		return "candidate " + m.Candidate
	case signaling.Bye:
		return "bye"
	case signaling.Unavailable:
		return strings.TrimSpace("unavailable " + m.Code)
	}
	return "?"
}

// sdp makes a description of sound and picture, known by its session and its
// ICE user.
func sdp(session string) string {
	return "v=0\r\no=" + session + " 1 1 IN IP4 127.0.0.1\r\nm=audio 9 X 111\r\na=ice-ufrag:" + session + "\r\nm=video 9 X 96\r\n"
}

// session finds the name of a description.
func session(text string) string {
	_, after, _ := strings.Cut(text, "\no=")
	name, _, _ := strings.Cut(after, " ")
	return name
}

// js makes JSON of a frame in which descriptions are written as <type name>.
func js(frame string) string {
	for _, t := range []string{"offer", "answer"} {
		for {
			before, after, found := strings.Cut(frame, "<"+t+" ")
			if !found {
				break
			}
			name, rest, _ := strings.Cut(after, ">")
			text, _ := value.Encode(map[string]any{"type": t, "sdp": sdp(name)})
			frame = before + string(text) + rest
		}
	}
	return frame
}

// short replaces whole descriptions in lines by <type name>.
func short(lines string) string {
	const begin, end = "{'sdp':'v=0\\r\\no=", "','type':'"
	for {
		before, after, found := strings.Cut(lines, begin)
		name, rest, _ := strings.Cut(after, " ")
		_, rest, ok := strings.Cut(rest, end)
		kind, rest, _ := strings.Cut(rest, "'}")
		if !found || !ok {
			return lines
		}
		lines = before + "<" + kind + " " + name + ">" + rest
	}
}

// want compares lines.
func (r *rig) want(got, want string) {
	r.t.Helper()
	if got = short(got); got != strings.TrimSpace(want) {
		r.t.Errorf("got\n%s\nwant\n%s", indent(got), indent(strings.TrimSpace(want)))
	}
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

func offer(name string) signaling.Description {
	return signaling.Description{Type: signaling.Offer, SDP: sdp(name)}
}

func answer(name string) signaling.Description {
	return signaling.Description{Type: signaling.Answer, SDP: sdp(name)}
}

func invite(offerOf string) signaling.Invite {
	i := signaling.Invite{Kind: media.Video, Name: "Me"}
	if offerOf != "" {
		d := offer(offerOf)
		i.Offer = &d
	}
	return i
}

func candidate(ufrag string) signaling.Candidate {
	mid, index := "0", uint16(0)
	return signaling.Candidate{Candidate: "candidate:1 1 udp 1 127.0.0.1 4000 typ host ufrag " + ufrag, SDPMid: &mid, SDPMLineIndex: &index}
}

func replaced(s, old, by string) string { return strings.ReplaceAll(s, old, by) }
