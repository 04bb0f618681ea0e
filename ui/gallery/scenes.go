package gallery

import (
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// now is the moment of every picture: a Saturday morning.
var now = time.Date(2026, time.November, 21, 10, 24, 0, 5e8, time.UTC)

const (
	ownServer   = signaling.OwnHub
	otherServer = "wss://hub.example/ws"
)

// names are the people of the pictures, who exist in no address book.
type names struct{ friend, colleague, mother, room, stranger, door, document string }

func namesIn(language string) names {
	if language == "zh" {
		return names{"林晓雨", "陈立", "妈妈", "一号会议室", "王小明", "大门", "会议记录"}
	}
	return names{"Maya Lindqvist", "Tom Okafor", "Mum", "Meeting room 1", "Jonas Weber", "Front door", "Minutes"}
}

func at(name string) signaling.Address { return signaling.Address{Server: otherServer, Name: name} }

var echo = signaling.Address{Server: otherServer, Name: "echo"}

// everybody is a snapshot at rest, with people and calls.
func everybody(n names) session.Snapshot {
	friend, mother, room, door, tom := at("maya"), at("mum"), at("room-1"), at("door"), at("tom")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	return session.Snapshot{
		Servers: []session.Server{{
			URL: otherServer, Up: true, Self: signaling.Member{Address: at("ada"), Name: "Ada"},
			Capabilities: signaling.Capabilities{OfferWithInvite: true, Ringing: true, Decline: true, Busy: true, Cancel: true, Bye: true, Presence: true, InviteLinks: true, Kinds: true, Restart: true},
		}},
		Roster: []signaling.Member{
			{Address: echo, Name: "Echo", Kind: signaling.Robot},
			{Address: friend, Name: n.friend, Kind: signaling.Person},
			{Address: mother, Name: n.mother, Kind: signaling.Person},
			{Address: room, Name: n.room, Kind: signaling.Room},
		},
		Contacts: []call.Contact{
			{Address: friend, Name: n.friend, Starred: true},
			{Address: mother, Name: n.mother},
			{Address: tom, Name: n.colleague},
			{Address: room, Name: n.room},
			{Address: door, Name: n.door},
		},
		History: []call.Record{
			{ID: "h1", Remote: tom, Name: n.colleague, Role: call.Callee, Kind: media.Video, Started: ago(40 * time.Minute), End: call.Missed},
			{ID: "h2", Remote: friend, Name: n.friend, Role: call.Caller, Kind: media.Video, Started: ago(3 * time.Hour), Answered: true, Duration: 12 * time.Minute, End: call.LocalHangup},
			{ID: "h3", Remote: friend, Name: n.friend, Role: call.Callee, Kind: media.Audio, Started: ago(19 * time.Hour), End: call.Missed},
			{ID: "h4", Remote: mother, Name: n.mother, Role: call.Callee, Kind: media.Video, Started: ago(22 * time.Hour), Answered: true, Duration: 83 * time.Minute, End: call.RemoteHangup},
			{ID: "h5", Remote: friend, Name: n.friend, Role: call.Caller, Kind: media.Audio, Started: ago(4 * 24 * time.Hour), End: call.NoAnswer},
			{ID: "h6", Remote: echo, Name: "Echo", Role: call.Caller, Kind: media.Video, Started: ago(9 * 24 * time.Hour), Answered: true, Duration: 48 * time.Second, End: call.LocalHangup},
		},
		Devices: []media.Device{
			{Kind: media.Camera, ID: "cam0", Name: "Integrated Camera", Default: true},
			{Kind: media.Microphone, ID: "mic0", Name: "Built-in Microphone", Default: true},
			{Kind: media.Microphone, ID: "mic1", Name: "USB Headset"},
			{Kind: media.Speaker, ID: "out0", Name: "Built-in Speakers", Default: true},
			{Kind: media.Speaker, ID: "out1", Name: "USB Headset"},
		},
		Using: map[media.DeviceKind]string{media.Camera: "Integrated Camera", media.Microphone: "Built-in Microphone", media.Speaker: "Built-in Speakers"},
	}
}

// alone is what a first start looks like: nobody but Echo.
func alone() session.Snapshot {
	s := everybody(names{})
	s.Roster = s.Roster[:1]
	s.Roster[0].Address.Server = ownServer
	s.Contacts, s.History = nil, nil
	s.Servers[0].URL = ownServer
	return s
}

// live is a running call with the friend.
func live(n names, phase call.Phase, kind media.Kind) session.Snapshot {
	s := everybody(n)
	s.Call = call.State{Phase: phase, ID: "live", Remote: at("maya"), Role: call.Caller, Kind: kind, Online: true}
	s.PeerName = n.friend
	s.Began = now.Add(-4 * time.Minute)
	if phase != call.Calling {
		s.LiveSince = now.Add(-3*time.Minute - 12*time.Second)
		s.FirstFrame = map[media.Kind]time.Time{media.Audio: s.LiveSince, kind: s.LiveSince}
	}
	s.Muted = map[media.Kind]bool{}
	return s
}

// ringing is a call coming in.
func ringing(n names, from signaling.Address, name string, kind media.Kind) session.Snapshot {
	s := everybody(n)
	s.Call = call.State{Phase: call.Ringing, ID: "ring", Remote: from, Role: call.Callee, Kind: kind, Online: true}
	s.PeerName = name
	return s
}
