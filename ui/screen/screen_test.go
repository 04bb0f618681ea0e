package screen_test

import (
	"strings"
	"testing"
	"time"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/screen"
)

var (
	now = time.Date(2026, 11, 21, 10, 24, 0, 0, time.UTC)

	all = signaling.Capabilities{Ringing: true, Decline: true, Presence: true, InviteLinks: true, Kinds: true}
)

const hub = "wss://hub.example/ws"

func at(name string) signaling.Address { return signaling.Address{Server: hub, Name: name} }

func up() []session.Server { return []session.Server{{URL: hub, Up: true, Capabilities: all}} }

// of is screen.Of in English at the tests' moment.
func of(s session.Snapshot, v screen.View) screen.Model {
	return screen.Of(screen.Input{Session: s, View: v, Words: words.In(words.English), Now: now})
}

func names(people []screen.Person) string {
	out := make([]string, len(people))
	for i, p := range people {
		out[i] = p.Name
	}
	return strings.Join(out, ",")
}

func TestStages(t *testing.T) {
	for phase, want := range map[call.Phase]screen.Stage{
		call.Idle: screen.AtHome, call.Calling: screen.InCall, call.Ringing: screen.Incoming, call.Connecting: screen.InCall,
		call.Active: screen.InCall, call.Recovering: screen.InCall, call.Closing: screen.AtHome,
	} {
		if got := of(session.Snapshot{Call: call.State{Phase: phase}}, screen.View{}).Stage; got != want {
			t.Errorf("%s: stage %d, want %d", phase, got, want)
		}
	}
}

func record(role call.Role, end call.Reason, answered time.Duration) call.Record {
	return call.Record{Remote: at("ann"), Name: "Ann", Role: role, Kind: media.Video, Started: now.Add(-time.Hour), Answered: answered > 0, Duration: answered, End: end}
}

func TestHistory(t *testing.T) {
	for name, c := range map[string]struct {
		record    call.Record
		what      string
		direction screen.Direction
	}{
		"answered":         {record(call.Callee, call.RemoteHangup, 12*time.Minute), "incoming · 12 min", screen.IncomingCall},
		"made":             {record(call.Caller, call.LocalHangup, 30*time.Second), "outgoing · 30 s", screen.Outgoing},
		"missed":           {record(call.Callee, call.Missed, 0), "missed", screen.MissedCall},
		"we declined":      {record(call.Callee, call.Rejected, 0), "incoming · declined", screen.IncomingCall},
		"they declined":    {record(call.Caller, call.Declined, 0), "outgoing · declined", screen.Outgoing},
		"nobody answered":  {record(call.Caller, call.NoAnswer, 0), "outgoing · no answer", screen.Outgoing},
		"lost after a bit": {record(call.Caller, call.Lost, time.Hour), "outgoing · 1 h", screen.Outgoing},
	} {
		m := of(session.Snapshot{History: []call.Record{c.record}}, screen.View{Page: screen.Calls})
		line := m.Home.Calls[0]
		if line.What != c.what || line.Direction != c.direction || line.When != "09:24" || line.Name != "Ann" {
			t.Errorf("%s: %+v", name, line)
		}
	}
}

func TestMissedCallsAreCountedUntilSeen(t *testing.T) {
	missed, seen := record(call.Callee, call.Missed, 0), record(call.Callee, call.Missed, 0)
	seen.Seen = true
	h := of(session.Snapshot{History: []call.Record{missed, seen, missed, record(call.Callee, call.Rejected, 0)}}, screen.View{}).Home
	if h.Missed != 2 || h.CallsTab != "Calls, 2 missed" {
		t.Errorf("%d, %q", h.Missed, h.CallsTab)
	}
}

func ringing(kind media.Kind) session.Snapshot {
	return session.Snapshot{Servers: up(), PeerName: "Maya", Call: call.State{Phase: call.Ringing, ID: "c", Remote: at("maya"), Role: call.Callee, Kind: kind}}
}

func TestRing(t *testing.T) {
	stranger := of(ringing(media.Video), screen.View{}).Ring
	if stranger.Name != "Maya" || stranger.What != "wants to see you · through hub.example" || stranger.Stranger != "Not in your contacts" || stranger.Learn == "" || !stranger.Video {
		t.Errorf("%+v", stranger)
	}
	s := ringing(media.Audio)
	s.Contacts = []call.Contact{{Address: at("maya"), Name: "Maya L."}}
	known := of(s, screen.View{}).Ring
	if known.Name != "Maya L." || known.What != "wants to talk · through hub.example" || known.Stranger != "" || known.Learn != "" || known.Video {
		t.Errorf("%+v", known)
	}
	s = ringing(media.Video)
	s.Roster = []signaling.Member{{Address: at("maya"), Kind: signaling.Guest}}
	if guest := of(s, screen.View{}).Ring; guest.Stranger != "guest by your link" {
		t.Errorf("%+v", guest)
	}
}

func live(phase call.Phase, kind media.Kind) session.Snapshot {
	s := session.Snapshot{Servers: up(), PeerName: "Maya", Call: call.State{Phase: phase, ID: "c", Remote: at("maya"), Kind: kind}}
	if s.Call.Live() {
		s.LiveSince = now.Add(-192 * time.Second)
		s.FirstFrame = map[media.Kind]time.Time{media.Audio: s.LiveSince, media.Video: s.LiveSince}
	}
	return s
}

func TestCall(t *testing.T) {
	alerted := live(call.Calling, media.Video)
	alerted.Call.Alerted = true
	blind := live(call.Active, media.Video)
	blind.FirstFrame = nil
	off := live(call.Active, media.Video)
	off.Muted = map[media.Kind]bool{media.Audio: true, media.Video: true}
	recovering := live(call.Recovering, media.Video)
	recovering.Deadline = now.Add(11*time.Second + time.Millisecond)
	slow, busy := live(call.Active, media.Video), live(call.Active, media.Video)
	slow.Stats.Outbound.Video.QualityLimitationReason = "bandwidth"
	busy.Stats.Outbound.Video.QualityLimitationReason = "cpu"
	late := live(call.Recovering, media.Video)
	late.Stats = slow.Stats
	late.Deadline = now.Add(-time.Second)
	for name, c := range map[string]struct {
		snapshot session.Snapshot
		want     screen.Call
	}{
		"calling":    {live(call.Calling, media.Video), screen.Call{Status: "Calling", Video: true, ShowLocal: true, Waiting: true, Hangup: "Cancel the call"}},
		"it rings":   {alerted, screen.Call{Status: "Ringing", Video: true, ShowLocal: true, Waiting: true, Hangup: "Cancel the call"}},
		"connecting": {live(call.Connecting, media.Video), screen.Call{Status: "Connecting", Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true}},
		"active":     {live(call.Active, media.Video), screen.Call{Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true}},
		"slow":       {slow, screen.Call{Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true, Limit: "Your upload limits your picture"}},
		"busy":       {busy, screen.Call{Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true, Limit: "This computer is busy and limits your picture"}},
		"no picture": {blind, screen.Call{Clock: "3:12", Live: true, Video: true, ShowLocal: true}},
		"all off":    {off, screen.Call{Clock: "3:12", Live: true, Video: true, ShowRemote: true, Muted: true, CameraOff: true}},
		"voice":      {live(call.Active, media.Audio), screen.Call{Clock: "3:12", Live: true}},
		"recovering": {recovering, screen.Call{Status: "Reconnecting, 12 seconds left", Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true, Dim: true}},
		"too late":   {late, screen.Call{Status: "Reconnecting, 0 seconds left", Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true, Dim: true}},
	} {
		c.want.Name, c.want.Kind, c.want.Sharing.Can = "Maya", signaling.Person, c.want.Video
		if c.want.Hangup == "" {
			c.want.Hangup = "Hang up"
		}
		m := of(c.snapshot, screen.View{})
		if m.Call != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, m.Call, c.want)
		}
		if m.Title != "Maya · Parley" {
			t.Errorf("%s: title %q", name, m.Title)
		}
	}
}

func TestNextChange(t *testing.T) {
	active := live(call.Active, media.Audio)
	active.LiveSince = now.Add(-1300 * time.Millisecond)
	recovering := live(call.Recovering, media.Audio)
	recovering.LiveSince = now
	recovering.Deadline = now.Add(4200 * time.Millisecond)
	ended := session.Snapshot{LastEnd: session.Ending{ID: "e", At: now.Add(-2 * time.Second), Reason: call.Busy}}
	passing := session.Snapshot{Notices: []session.Notice{{Code: "slowUpload", Since: now.Add(-time.Second)}, {Code: "noCamera", Since: now}}}
	for name, c := range map[string]struct {
		snapshot session.Snapshot
		want     time.Duration
	}{
		"the clock":       {active, 700 * time.Millisecond},
		"the countdown":   {recovering, 200 * time.Millisecond},
		"an ending":       {ended, 10 * time.Second},
		"a notice leaves": {passing, 7 * time.Second},
	} {
		next := of(c.snapshot, screen.View{}).Next
		if got := next.Sub(now); got != c.want {
			t.Errorf("%s: next change in %v, want %v", name, got, c.want)
		}
		later := screen.Of(screen.Input{Session: c.snapshot, Words: words.In(words.English), Now: next}).Next
		if !later.IsZero() && !later.After(next) {
			t.Errorf("%s: at the change the next one is at the same moment", name)
		}
	}
	if next := of(session.Snapshot{Servers: up()}, screen.View{}).Next; !next.IsZero() {
		t.Errorf("at rest the next change is %v", next)
	}
}

// The clock must have moved at the moment for which Next asks to be woken.
func TestNextIsWhenTheCountdownChanges(t *testing.T) {
	s := live(call.Recovering, media.Video)
	s.LiveSince, s.Deadline = time.Time{}, now.Add(2300*time.Millisecond)
	var seen []string
	for moment := now; ; {
		m := screen.Of(screen.Input{Session: s, Words: words.In(words.English), Now: moment})
		seen = append(seen, m.Call.Status[len("Reconnecting, "):][:1])
		if m.Next.IsZero() || len(seen) > 9 {
			break
		}
		moment = m.Next
	}
	if got := strings.Join(seen, ""); got != "3210" {
		t.Errorf("counts %s, want 3210", got)
	}
}

// Whatever arrives, the model is made: nothing of a snapshot is taken for granted.
func TestChineseModelHasNoEnglishLeft(t *testing.T) {
	zh := words.In(words.Chinese)
	for phase := call.Idle; phase <= call.Closing; phase++ {
		m := screen.Of(screen.Input{Session: session.Snapshot{Call: call.State{Phase: phase, Kind: media.Video}}, Words: zh, Now: now})
		for _, text := range []string{m.Home.Hint, m.Call.Status, m.Call.Hangup, m.Ring.What, m.Invite.Note} {
			if strings.ContainsAny(text, "abcdefghij") && !strings.Contains(text, "Echo") {
				t.Errorf("%s: %q", phase, text)
			}
		}
	}
}
