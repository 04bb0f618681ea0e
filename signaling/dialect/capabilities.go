package dialect

import (
	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// Capabilities tells what a server of this profile can carry.
func Capabilities(p *profile.Profile) signaling.Capabilities {
	ends := p.Flow.Leave == profile.Reconnect // the end of a connection says it all
	return signaling.Capabilities{
		OfferWithInvite: p.Flow.Offer != profile.AfterAccept,
		Ringing:         hears(p, profile.DoRinging),
		Decline:         says(p, profile.SayDecline) || ends,
		Busy:            says(p, profile.SayBusy),
		Cancel:          says(p, profile.SayCancel) || ends,
		Bye:             says(p, profile.SayBye) || ends || p.Flow.Goodbye != "",
		Presence:        hears(p, profile.DoRoster) || hears(p, profile.DoCame) || hearsPresent(p),
		Kinds:           p.Kinds.Audio != "" && p.Kinds.Video != "",
		Restart:         p.Flow.Restart,
		Rooms:           p.Peers.Kind == profile.Room,
		Unproven:        p.Unproven,
	}
}

// Habits tells what peer connections of such a server must do.
func Habits(p *profile.Profile) signaling.PeerHabits {
	return signaling.PeerHabits{Gather: p.Candidates.Gather, Goodbye: p.Flow.Goodbye}
}

func says(p *profile.Profile, m profile.Message) bool { return len(p.Send[m].Frames) > 0 }

// hears tells whether something that the server says has this meaning.
func hears(p *profile.Profile, do profile.Action) bool {
	return anyRule(p, func(r *profile.Rule) bool { return r.Do == do })
}

func hearsPresent(p *profile.Profile) bool {
	return anyRule(p, func(r *profile.Rule) bool { return r.Present != nil })
}

// anyRule looks at every rule of a profile, those of answers too.
func anyRule(p *profile.Profile, is func(*profile.Rule) bool) bool {
	for i := range p.Recv {
		if is(&p.Recv[i]) || anyAnswer(p.Recv[i].Reply, is) {
			return true
		}
	}
	for _, s := range p.Identify {
		if (s.Expect != nil && is(s.Expect)) || anyAnswer(s.Frames, is) {
			return true
		}
	}
	for _, t := range p.Timers {
		if anyAnswer(t.Frames, is) {
			return true
		}
	}
	for _, s := range p.Send {
		if anyAnswer(s.Frames, is) {
			return true
		}
	}
	return false
}

func anyAnswer(frames []profile.Frame, is func(*profile.Rule) bool) bool {
	for i := range frames {
		if then := frames[i].Then; then != nil && (is(then) || anyAnswer(then.Reply, is)) {
			return true
		}
	}
	return false
}
