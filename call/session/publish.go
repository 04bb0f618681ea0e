package session

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"

	"parley/call"
	"parley/signaling"
)

// refresh brings devices and whoever looks at snapshots up to date, if
// anything changed for them since the last time.
func (s *Session) refresh() {
	tellsRinging := s.servers.known[s.state.Remote.Server].Capabilities.Ringing
	s.devices.settle(s.state, s.times.takesTwo)
	s.settleShare()
	s.settleRecording()
	if w := wanted(s.state, s.devices, s.sound, tellsRinging, s.tone.tone); s.applied == nil || !reflect.DeepEqual(*s.applied, w) {
		s.applied = &w
		s.deps.Devices.Apply(w.clone())
	}
	if v := s.snapshot(); s.published == nil || !reflect.DeepEqual(*s.published, v) {
		s.published = &v
		s.deps.Publish(v.clone())
	}
}

func (w Wanted) clone() Wanted {
	w.Chosen, w.Switches, w.Volume = maps.Clone(w.Chosen), maps.Clone(w.Switches), maps.Clone(w.Volume)
	return w
}

// clone returns v in memory of its own, so that nobody can write into the
// loop's, nor into what others were told.
func (v Snapshot) clone() Snapshot {
	v.FirstFrame = maps.Clone(v.FirstFrame)
	v.Servers = slices.Clone(v.Servers)
	v.Roster = slices.Clone(v.Roster)
	v.Contacts = slices.Clone(v.Contacts)
	v.History = slices.Clone(v.History)
	v.Muted = maps.Clone(v.Muted)
	v.Devices = slices.Clone(v.Devices)
	v.Using = maps.Clone(v.Using)
	v.Chosen = maps.Clone(v.Chosen)
	v.Sound = v.Sound.clone()
	v.Challenge.Image, v.Challenge.Piece = bytes.Clone(v.Challenge.Image), bytes.Clone(v.Challenge.Piece)
	v.Notices = slices.Clone(v.Notices)
	for i := range v.Notices {
		v.Notices[i].Args = maps.Clone(v.Notices[i].Args)
	}
	return v
}

func (s *Session) snapshot() Snapshot {
	return Snapshot{
		Call:       s.state,
		PeerName:   s.nameOf(s.state.Remote, s.state.ID),
		Began:      s.times.began,
		LiveSince:  s.times.live,
		Deadline:   s.deadline,
		FirstFrame: s.times.firstFrame,
		Stats:      s.times.stats,
		LastEnd:    s.lastEnd,
		Servers:    s.servers.list,
		Roster:     s.servers.people,
		Contacts:   s.book.Contacts,
		History:    s.book.History,
		Invite:     s.invite,
		Challenge:  s.challenge(),
		Muted:      s.devices.muted,
		Devices:    s.devices.known,
		Using:      s.devices.using,
		Chosen:     s.devices.chosen,
		Sharing:    s.devices.sharing,
		SeesShare:  s.times.seesShare && s.state.Live(),
		Sound:      s.sound.shown(),
		Notices:    s.notices.list(),
		Recording:  s.recording,
		Saved:      s.saved,
	}
}

// nameOf returns what to call somebody: as the user wrote it, else as the
// server tells, else as they said when they rang, else their address.
func (s *Session) nameOf(a signaling.Address, id signaling.CallID) string {
	if a == (signaling.Address{}) {
		return ""
	}
	saved := slices.IndexFunc(s.book.Contacts, func(c call.Contact) bool { return c.Address == a && c.Name != "" })
	if saved >= 0 {
		return s.book.Contacts[saved].Name
	}
	if m, ok := s.servers.member(a); ok && m.Name != "" {
		return m.Name
	}
	if name := strings.TrimSpace(s.callers[callKey{a, id}]); name != "" {
		return name
	}
	return a.Name
}
