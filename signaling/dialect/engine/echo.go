package engine

import (
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// echoes knows our own words again where the server sends everything to
// everybody. Descriptions and candidates are known by themselves, other
// messages by their number: as often as we said a thing, we do not hear it.
type echoes struct {
	due        []echo
	sdps       []string // own, the newest last
	ufrags     []string // of these
	candidates []string // own, the newest last
}

// echo is a message that will come back to us.
type echo struct {
	as    profile.Action
	until time.Time
}

// echoOf returns what a message of ours is heard as. Servers have one word for
// several goodbyes, so that these are one.
func echoOf(m profile.Message) profile.Action {
	switch m {
	case profile.SayInvite:
		return profile.DoInvite
	case profile.SayRinging:
		return profile.DoRinging
	case profile.SayAccept:
		return profile.DoAccept
	case profile.SayDecline, profile.SayBusy, profile.SayCancel, profile.SayTimeout, profile.SayBye:
		return profile.DoBye
	case profile.SayOffer, profile.SayAnswer, profile.SayCandidate, profile.SayCommit, profile.SayLeave:
	}
	return ""
}

// goodbye returns DoBye for what can be the echo of any goodbye, and other
// actions as they are.
func goodbye(a profile.Action) profile.Action {
	switch a {
	case profile.DoDecline, profile.DoBusy, profile.DoCancel, profile.DoBye:
		return profile.DoBye
	default:
		return a
	}
}

// said notes that a message will come back. What carries an offer is known by
// that.
func (x *echoes) said(m profile.Message, s scope, now time.Time) {
	as := echoOf(m)
	if as == "" || s.description != nil {
		return
	}
	x.due = append(x.due, echo{as, now.Add(echoLimit)})
	if len(x.due) > maxEchoes {
		x.due = slices.Delete(x.due, 0, 1)
	}
}

// heard tells whether an arrival is one of our own words come back.
func (x *echoes) heard(a *arrival, now time.Time) bool {
	if a.description != nil {
		return x.knows(a.description.SDP)
	}
	x.due = slices.DeleteFunc(x.due, func(one echo) bool { return due(one.until, now) })
	as := goodbye(a.do)
	i := slices.IndexFunc(x.due, func(one echo) bool { return one.as == as })
	if i < 0 {
		return false
	}
	x.due = slices.Delete(x.due, i, i+1)
	return true
}

// described notes a description of ours.
func (x *echoes) described(sdp string) {
	x.sdps = limited(x.sdps, plainSDP(sdp), 8)
	for _, u := range ufrags(sdp) {
		x.ufrags = limited(x.ufrags, u, 8)
	}
}

func (x *echoes) knows(sdp string) bool { return slices.Contains(x.sdps, plainSDP(sdp)) }

// trickled notes a candidate of ours.
func (x *echoes) trickled(c signaling.Candidate) {
	if c.Candidate != "" {
		x.candidates = limited(x.candidates, c.Candidate, maxOwn)
	}
}

func (x *echoes) knowsCandidate(c signaling.Candidate) bool {
	return slices.Contains(x.candidates, c.Candidate) || slices.Contains(x.ufrags, ufragOf(c))
}

// limited adds one, and forgets the oldest of too many.
func limited(all []string, one string, most int) []string {
	all = append(all, one)
	if len(all) > most {
		all = slices.Delete(all, 0, len(all)-most)
	}
	return all
}
