package profile

import (
	"slices"

	"parley/signaling"
)

// Capabilities tells what the server can carry, from what is said and heard.
func (p *Profile) Capabilities() signaling.Capabilities {
	ends := p.Flow.Leave == Reconnect // the end of a connection says it
	return signaling.Capabilities{
		OfferWithInvite: p.Flow.Offer != AfterAccept,
		Ringing:         p.hears(DoRinging),
		Decline:         p.says(SayDecline) || ends,
		Busy:            p.says(SayBusy),
		Cancel:          p.says(SayCancel) || ends,
		Bye:             p.says(SayBye) || ends || p.Flow.Goodbye != "",
		Presence:        p.knowsWhoIsHere(),
		Kinds:           p.Kinds.Audio != "",
		Restart:         p.Flow.Restart,
		Rooms:           p.Peers.Kind == Room,
		Unproven:        p.Unproven,
	}
}

// Habits are what peer connections of this server's calls must do.
func (p *Profile) Habits() signaling.PeerHabits {
	return signaling.PeerHabits{Gather: p.Candidates.Gather, Goodbye: p.Flow.Goodbye}
}

// Lacks lists what people should be told that the server has not, or cannot: the
// words noBye, noDecline, noCancel, noRinging, noBusy, noPresence and unproven,
// in this order.
func (p *Profile) Lacks() []string {
	c := p.Capabilities()
	var out []string
	for _, l := range []struct {
		has  bool
		code string
	}{
		{c.Bye, "noBye"},
		{c.Decline, "noDecline"},
		{c.Cancel, "noCancel"},
		{c.Ringing, "noRinging"},
		{c.Busy, "noBusy"},
		{c.Presence, "noPresence"},
		{!c.Unproven, "unproven"},
	} {
		if !l.has {
			out = append(out, l.code)
		}
	}
	return out
}

// Param returns a parameter by its key.
func (p *Profile) Param(key string) (Param, bool) {
	i := slices.IndexFunc(p.Params, func(one Param) bool { return one.Key == key })
	if i < 0 {
		return Param{}, false
	}
	return p.Params[i], true
}

func (p *Profile) says(m Message) bool { return len(p.Send[m].Frames) > 0 }

func (p *Profile) hears(a Action) bool {
	return slices.ContainsFunc(p.rules(), func(r *Rule) bool { return r.Do == a })
}

func (p *Profile) knowsWhoIsHere() bool {
	return !p.Peers.Contacts && slices.ContainsFunc(p.rules(), func(r *Rule) bool {
		return r.Present != nil || r.Do == DoRoster || r.Do == DoCame || r.Do == DoGone
	})
}

// AsksWhoIsHere tells whether we only learn who is here by asking, which some
// servers of this kind leave without an answer.
func (p *Profile) AsksWhoIsHere() bool {
	return p.knowsWhoIsHere() && !slices.ContainsFunc(p.Recv, func(r Rule) bool {
		return r.Present != nil || r.Do == DoRoster || r.Do == DoCame || r.Do == DoGone
	}) && !slices.ContainsFunc(p.Identify, func(s Step) bool { return s.Expect != nil && s.Expect.Do == DoRoster })
}

// rules are all of the profile, wherever they stand.
func (p *Profile) rules() []*Rule {
	var out []*Rule
	frames := func(each []Frame) {
		for i := range each {
			if each[i].Then != nil {
				out = append(out, each[i].Then)
			}
		}
	}
	for i := range p.Recv {
		out = append(out, &p.Recv[i])
		frames(p.Recv[i].Reply)
	}
	for _, s := range p.Identify {
		if s.Expect != nil {
			out = append(out, s.Expect)
		}
		frames(s.Frames)
	}
	for _, t := range p.Timers {
		frames(t.Frames)
	}
	for _, m := range sorted(p.Send) {
		frames(p.Send[m].Frames)
	}
	return out
}
