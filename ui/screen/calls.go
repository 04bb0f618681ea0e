package screen

import (
	"cmp"
	"slices"
	"time"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

func history(in Input, keep func(call.Record) bool) []CallLine {
	var out []CallLine
	for _, r := range in.Session.History {
		if !keep(r) {
			continue
		}
		line := CallLine{
			ID: r.ID, Address: r.Remote, Name: cmp.Or(r.Name, r.Remote.Name), Video: r.Kind == media.Video,
			When: in.Words.Moment(r.Started, in.Now), Day: in.Words.Day(r.Started, in.Now), Direction: direction(r), What: outcome(in, r),
			Selected: r.Remote == in.View.Selected && !in.View.elsewhere(),
		}
		out = append(out, line)
	}
	return out
}

func direction(r call.Record) Direction {
	switch {
	case r.Missed():
		return MissedCall
	case r.Role == call.Callee:
		return IncomingCall
	}
	return Outgoing
}

// outcome writes how a call went: its direction and length, or why there was none.
func outcome(in Input, r call.Record) string {
	w := in.Words
	word := w.Text("call.outgoing")
	if r.Role == call.Callee {
		word = w.Text("call.incoming")
	}
	switch {
	case r.Missed():
		return w.Text("call.missed")
	case r.Answered:
		return word + " · " + w.Length(r.Duration)
	case r.Role == call.Callee:
		return word + " · " + w.Text("call.declined")
	case r.End == call.Declined:
		return word + " · " + w.Text("call.declined")
	}
	return word + " · " + w.Text("call.unanswered")
}

func ring(in Input) Ring {
	s, w := in.Session, in.Words
	name := peerName(s)
	what := w.Text("ring.voice")
	if s.Call.Kind == media.Video {
		what = w.Text("ring.video")
	}
	r := Ring{
		Title: w.Text("ring.title", words.Args{"name": name}),
		Name:  name,
		What:  what,
		Kind:  kindOf(s, s.Call.Remote),
		Video: s.Call.Kind == media.Video,
	}
	if server, ok := serverOf(s, s.Call.Remote); !ok || server.Capabilities.Decline {
		r.Texts = []string{w.Text("ring.text.later"), w.Text("ring.text.tenMinutes")}
	} else {
		r.Limit = w.Text("server.limit.decline")
	}
	if s.Call.Remote.Server != "" {
		r.What = w.Text("ring.through", words.Args{"what": what, "server": ServerName(w, s.Call.Remote.Server)})
	}
	if !isContact(s, s.Call.Remote) {
		r.Stranger = w.Text("ring.stranger")
		if r.Kind == signaling.Guest {
			r.Stranger = w.Text("person.guest")
		}
		r.Learn = w.Text("ring.learn")
	}
	return r
}

func isContact(s session.Snapshot, a signaling.Address) bool {
	return slices.ContainsFunc(s.Contacts, func(c call.Contact) bool { return c.Address == a })
}

func kindOf(s session.Snapshot, a signaling.Address) signaling.MemberKind {
	for _, m := range s.Roster {
		if m.Address == a {
			return m.Kind
		}
	}
	if server, ok := serverOf(s, a); ok && server.Capabilities.Rooms {
		return signaling.Room
	}
	return signaling.Person
}

// peerName is how the other side is called: as the user named the contact, as it
// calls itself, or by its address.
func peerName(s session.Snapshot) string {
	for _, c := range s.Contacts {
		if c.Address == s.Call.Remote && c.Name != "" {
			return c.Name
		}
	}
	return cmp.Or(s.PeerName, s.Call.Remote.Name)
}

func callOf(in Input) Call {
	s, w := in.Session, in.Words
	video := s.Call.Kind == media.Video
	_, seen := s.FirstFrame[media.Video]
	c := Call{
		Name:       peerName(s),
		Kind:       kindOf(s, s.Call.Remote),
		Status:     phaseText(in),
		Live:       s.Call.Live(),
		Video:      video,
		ShowRemote: video && seen && s.Call.Live(),
		SeesShare:  video && s.SeesShare && s.Call.Live(),
		ShowLocal:  video && !s.Muted[media.Video],
		Dim:        s.Call.Phase == call.Recovering,
		Muted:      s.Muted[media.Audio],
		CameraOff:  s.Muted[media.Video],
		Waiting:    s.Call.Phase == call.Calling,
		Hangup:     w.Text("incall.hangup"),
		Sharing:    sharing(in),
		Recording:  recording(in),
		Level:      s.Stats.Inbound.Audio.AudioLevel,
		Limit:      limit(in),
	}
	c.ShowLocal = c.ShowLocal || c.Sharing.On && !c.Sharing.Beside // what is shown, in the camera's place
	if c.Waiting {
		c.Hangup = w.Text("incall.cancel")
	}
	if c.Live && !s.LiveSince.IsZero() {
		c.Clock = words.Clock(in.Now.Sub(s.LiveSince))
	}
	return c
}

// limit says what keeps our picture small, as far as the user can do something
// about it.
func limit(in Input) string {
	s := in.Session
	if s.Call.Phase != call.Active || s.Call.Kind != media.Video || s.Muted[media.Video] {
		return ""
	}
	switch s.Stats.Outbound.Video.QualityLimitationReason {
	case "bandwidth":
		return in.Words.Text("quality.bandwidth")
	case "cpu":
		return in.Words.Text("quality.cpu")
	}
	return ""
}

func phaseText(in Input) string {
	s, w := in.Session, in.Words
	switch s.Call.Phase {
	case call.Calling:
		if s.Call.Alerted {
			return w.Text("phase.ringing")
		}
		return w.Text("phase.calling")
	case call.Connecting:
		return w.Text("phase.connecting")
	case call.Recovering:
		left := max(0, s.Deadline.Sub(in.Now))
		return w.Count("phase.recovering", int((left+time.Second-1)/time.Second))
	case call.Idle, call.Ringing, call.Active, call.Closing:
	}
	return ""
}
