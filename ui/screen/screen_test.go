package screen_test

import (
	"maps"
	"slices"
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

func TestPeopleMergeContactsAndRoster(t *testing.T) {
	s := session.Snapshot{
		Servers: up(),
		Roster: []signaling.Member{
			{Address: at("zoe"), Name: "Zoe", Kind: signaling.Person},
			{Address: at("echo"), Name: "Echo", Kind: signaling.Robot},
			{Address: at("guest-1"), Name: "", Kind: signaling.Guest},
		},
		Contacts: []call.Contact{
			{Address: at("zoe"), Name: "My Zoe"},
			{Address: at("bob"), Name: "bob"},
			{Address: at("ann"), Starred: true},
		},
	}
	h := of(s, screen.View{Selected: at("bob")}).Home
	if got, want := names(h.People), "ann,Echo,guest-1,My Zoe,bob"; got != want {
		t.Fatalf("order is %s, want %s", got, want)
	}
	for i, want := range []string{"not here", "here · answers by itself", "here · guest by your link", "here", "not here"} {
		if h.People[i].Sub != want {
			t.Errorf("%s: %q, want %q", h.People[i].Name, h.People[i].Sub, want)
		}
	}
	if !h.People[4].Selected || h.People[3].Selected {
		t.Error("the one whose page is open is not the one selected")
	}
	if h.Echo != at("echo") || h.Welcome {
		t.Errorf("echo %v, welcome %v", h.Echo, h.Welcome)
	}
}

func TestPresenceIsNotClaimedWhenUnknown(t *testing.T) {
	contact := []call.Contact{{Address: at("ann"), Name: "Ann"}}
	quiet := all
	quiet.Presence = false
	for name, servers := range map[string][]session.Server{
		"server down":            {{URL: hub}},
		"server without it":      {{URL: hub, Up: true, Capabilities: quiet}},
		"server of another name": {{URL: "wss://other.example/ws", Up: true, Capabilities: all}},
	} {
		p := of(session.Snapshot{Servers: servers, Contacts: contact}, screen.View{}).Home.People[0]
		if p.Known || p.Sub != "" {
			t.Errorf("%s: says %q", name, p.Sub)
		}
	}
}

func TestPeopleOfSeveralServersSayWhere(t *testing.T) {
	s := session.Snapshot{Servers: append(up(), session.Server{URL: "ws://127.0.0.1:7000/ws", Up: true, Capabilities: all}), Roster: []signaling.Member{
		{Address: at("zoe"), Name: "Zoe", Kind: signaling.Person},
		{Address: signaling.Address{Server: "ws://127.0.0.1:7000/ws", Name: "echo"}, Name: "Echo", Kind: signaling.Robot},
	}}
	h := of(s, screen.View{}).Home
	if got := h.People[0].Sub; got != "here · answers by itself · your own server" {
		t.Error(got)
	}
	if got := h.People[1].Sub; got != "here · hub.example" {
		t.Error(got)
	}
}

func TestSearch(t *testing.T) {
	s := session.Snapshot{Servers: up(), Roster: []signaling.Member{
		{Address: at("maya"), Name: "Maya Lindqvist"}, {Address: at("tom"), Name: "Tom"},
	}}
	for search, want := range map[string]string{
		"":          "Maya Lindqvist,Tom",
		"lind":      "Maya Lindqvist,Call lind",
		"MAYA":      "Maya Lindqvist", // her address: not offered again
		"tom":       "Tom",
		" to ":      "Tom,Call to",
		"no name":   "", // a space is in no name
		"新朋友":       "Call 新朋友",
		"front-d.1": "Call front-d.1",
	} {
		m := of(s, screen.View{Search: search})
		if got := names(m.Home.People); got != want {
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
		if want == "" && m.Home.Hint != "Nobody of that name here." {
			t.Errorf("search %q says %q", search, m.Home.Hint)
		}
	}
	typed := of(s, screen.View{Search: "zoe"}).Home.People[0]
	if typed.Address != at("zoe") || !typed.Typed {
		t.Errorf("what was typed leads to %+v", typed)
	}
	s.Servers = nil
	if got := names(of(s, screen.View{Search: "zoe"}).Home.People); got != "" {
		t.Errorf("without a server a typed name gives %q", got)
	}
}

func TestCouldBeName(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "a": true, "Ünï-1.x_y": true, "has space": false, "semi;colon": false,
		strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
	} {
		if screen.CouldBeName(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

func TestEmptyHome(t *testing.T) {
	nobody := of(session.Snapshot{Servers: up()}, screen.View{})
	if !nobody.Home.Welcome || nobody.Home.Hint == "" || nobody.Home.Echo != (signaling.Address{}) {
		t.Errorf("nobody there: %+v", nobody.Home)
	}
	onlyEcho := of(session.Snapshot{Servers: up(), Roster: []signaling.Member{{Address: at("echo"), Kind: signaling.Robot}}}, screen.View{})
	if !onlyEcho.Home.Welcome || onlyEcho.Home.Hint != "" || onlyEcho.Home.Echo != at("echo") {
		t.Errorf("only Echo there: %+v", onlyEcho.Home)
	}
	if got := of(session.Snapshot{}, screen.View{Page: screen.Calls}).Home.Hint; got != "Calls you make and miss are listed here." {
		t.Errorf("empty history says %q", got)
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

func TestPersonPage(t *testing.T) {
	s := session.Snapshot{
		Servers:  up(),
		Contacts: []call.Contact{{Address: at("ann"), Name: "Ann", Starred: true}},
		History:  []call.Record{record(call.Caller, call.NoAnswer, 0), {Remote: at("bob"), Name: "Bob"}},
	}
	p := of(s, screen.View{Selected: at("ann")}).Home.Person
	if p.Name != "Ann" || p.Presence != "not here" || p.Where != "on hub.example" || !p.Contact || !p.Starred || !p.CanCall || !p.Voice || len(p.History) != 1 {
		t.Errorf("%+v", p)
	}
	if p.Hint != "Ann is not here now. You can ring all the same." {
		t.Error(p.Hint)
	}
	// Somebody known from the history alone keeps the name of then.
	if p := of(s, screen.View{Selected: at("bob")}).Home.Person; p.Name != "Bob" || p.Contact {
		t.Errorf("%+v", p)
	}
	if p := of(s, screen.View{Selected: at("new")}).Home.Person; p.Name != "new" || p.Empty != "No calls with new yet." {
		t.Errorf("%+v", p)
	}
	s.Servers[0].Up = false
	if of(s, screen.View{Selected: at("ann")}).Home.Person.CanCall {
		t.Error("can call through a server that is down")
	}
	s.Servers[0].Up = true
	s.Servers[0].Capabilities.Kinds = false
	if of(s, screen.View{Selected: at("ann")}).Home.Person.Voice {
		t.Error("offers a voice call on a server that has none")
	}
	if pane := of(s, screen.View{Selected: at("ann"), Settings: true}).Home.Pane; pane != screen.SettingsPane {
		t.Errorf("pane %d, want the settings", pane)
	}
}

func TestServerStatus(t *testing.T) {
	for name, c := range map[string]struct {
		server session.Server
		want   string
	}{
		"up":             {session.Server{URL: hub, Up: true}, ""},
		"never tried":    {session.Server{URL: hub}, "Connecting to hub.example"},
		"lost":           {session.Server{URL: hub, Cause: session.CauseLost, RetryAt: now}, "No connection to hub.example. Trying again."},
		"refused":        {session.Server{URL: "ws://127.0.0.1:1/ws", Cause: session.CauseRefused, RetryAt: now}, "Nothing answers at your own server. Trying again."},
		"name taken":     {session.Server{URL: hub, Cause: "nameTaken"}, "Somebody else has your name on hub.example. Choose another in Settings."},
		"for good":       {session.Server{URL: hub, Cause: "somethingNew"}, "No connection to hub.example."},
		"with a port":    {session.Server{URL: "ws://10.0.0.7:7440/ws", Cause: "x", RetryAt: now}, "No connection to 10.0.0.7. Trying again."},
		"not even a URL": {session.Server{URL: "::", Cause: "x"}, "No connection to ::."},
	} {
		if got := of(session.Snapshot{Servers: []session.Server{c.server}}, screen.View{}).Home.Status; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
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
	late := live(call.Recovering, media.Video)
	late.Deadline = now.Add(-time.Second)
	for name, c := range map[string]struct {
		snapshot session.Snapshot
		want     screen.Call
	}{
		"calling":    {live(call.Calling, media.Video), screen.Call{Status: "Calling", Video: true, ShowLocal: true, Waiting: true, Hangup: "Cancel the call"}},
		"it rings":   {alerted, screen.Call{Status: "Ringing", Video: true, ShowLocal: true, Waiting: true, Hangup: "Cancel the call"}},
		"connecting": {live(call.Connecting, media.Video), screen.Call{Status: "Connecting", Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true}},
		"active":     {live(call.Active, media.Video), screen.Call{Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true}},
		"no picture": {blind, screen.Call{Clock: "3:12", Live: true, Video: true, ShowLocal: true}},
		"all off":    {off, screen.Call{Clock: "3:12", Live: true, Video: true, ShowRemote: true, Muted: true, CameraOff: true}},
		"voice":      {live(call.Active, media.Audio), screen.Call{Clock: "3:12", Live: true}},
		"recovering": {recovering, screen.Call{Status: "Reconnecting, 12 seconds left", Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true, Dim: true}},
		"too late":   {late, screen.Call{Status: "Reconnecting, 0 seconds left", Clock: "3:12", Live: true, Video: true, ShowRemote: true, ShowLocal: true, Dim: true}},
	} {
		c.want.Name, c.want.Kind = "Maya", signaling.Person
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

func TestEndings(t *testing.T) {
	tell := map[call.Reason]string{
		call.RemoteHangup: "Ann hung up.",
		call.Declined:     "Ann can't talk now.",
		call.Busy:         "Ann is in another call.",
		call.NoAnswer:     "Ann didn't answer.",
		call.Missed:       "You missed a call from Ann.",
		call.Unreachable:  "Ann is not here now.",
		call.SetupFailed:  "No way through to Ann was found. A firewall may be between you.",
		call.Lost:         "The connection to Ann broke and did not come back.",
		call.Offline:      "There is no connection to the server. Try again when it is back.",
		call.Collision:    "You called each other at the same moment. Try once more.",
	}
	for r := call.NoReason; r <= call.Collision; r++ {
		end := session.Ending{ID: "e", Remote: at("ann"), Name: "Ann", Kind: media.Audio, Reason: r, At: now.Add(-time.Second)}
		banners := of(session.Snapshot{LastEnd: end}, screen.View{}).Banners
		want, worth := tell[r]
		switch {
		case worth != (len(banners) == 1):
			t.Errorf("%q: %d banners", r, len(banners))
		case worth && banners[0].Text != want:
			t.Errorf("%q: %q, want %q", r, banners[0].Text, want)
		case worth && r != call.RemoteHangup && banners[0].Retry != session.Dial{To: at("ann"), Kind: media.Audio}:
			t.Errorf("%q: calling again would be %+v", r, banners[0].Retry)
		}
	}
	text := session.Ending{ID: "e", Remote: at("ann"), Reason: call.Declined, Text: "later", At: now}
	if got := of(session.Snapshot{LastEnd: text}, screen.View{}).Banners[0].Text; got != "ann can't talk now: “later”" {
		t.Error(got)
	}
	if got := of(session.Snapshot{LastEnd: text}, screen.View{Dismissed: "e"}).Banners; got != nil {
		t.Errorf("dismissed, and still there: %v", got)
	}
	text.At = now.Add(-time.Minute)
	if got := of(session.Snapshot{LastEnd: text}, screen.View{}).Banners; got != nil {
		t.Errorf("a minute old, and still there: %v", got)
	}
	text.At = now
	inCall := live(call.Active, media.Audio)
	inCall.LastEnd = text
	if got := of(inCall, screen.View{}).Banners; got != nil {
		t.Errorf("in the next call, and still there: %v", got)
	}
}

func TestNotices(t *testing.T) {
	for name, c := range map[string]struct {
		notice session.Notice
		want   screen.Banner
	}{
		"device": {
			session.Notice{Code: "cameraBusy"},
			screen.Banner{Key: "cameraBusy", Text: "The camera is used by another program. Close it there, or go on with sound.", Action: screen.ChooseDevice, Label: "Choose"},
		},
		"server": {
			session.Notice{Code: "nameTaken", Args: map[string]string{"server": hub, "name": "ada"}},
			screen.Banner{Key: "nameTaken", Text: "Somebody else has the name ada on hub.example. Choose another in Settings.", Action: screen.OpenSettings, Label: "Settings"},
		},
		"no action": {
			session.Notice{Code: "diskFull"},
			screen.Banner{Key: "diskFull", Text: "The disk is full, so contacts and calls are not saved. Make some room."},
		},
		"unknown": {
			session.Notice{Code: "weather"},
			screen.Banner{Key: "weather", Text: "Something went wrong. The details are below.", Detail: "Details: weather"},
		},
	} {
		c.notice.Since = now
		got := of(session.Snapshot{Notices: []session.Notice{c.notice}}, screen.View{}).Banners
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	many := session.Snapshot{Notices: []session.Notice{{Code: "a"}, {Code: "b"}, {Code: "c"}}}
	if got := of(many, screen.View{}).Banners; len(got) != 2 || got[0].Key != "c" || got[1].Key != "b" {
		t.Errorf("of three notices these are shown: %+v", got)
	}
	old := session.Snapshot{Notices: []session.Notice{{Code: "slowUpload", Since: now.Add(-time.Minute)}}}
	if got := of(old, screen.View{}).Banners; got != nil {
		t.Errorf("a passing notice stayed: %+v", got)
	}
}

// Every code that the program's packages give has a sentence of its own.
func TestNoticeCodesHaveSentences(t *testing.T) {
	codes := []string{
		"noCamera", "cameraBusy", "cameraLost", "cameraFailed", "noMicrophone", "microphoneLost", "microphoneFailed",
		"noSpeaker", "speakerLost", "speakerFailed", "noSoundServer", "bookReset", "bookFailed", "bookReadOnly", "diskFull",
		"nameTaken", "badName", "inviteFailed", "sendFailed", "hubPortTaken", "hubFailed", "hubFull", "badLink", "version",
		"tooFast", "slow", "replaced", "forbidden", "serverDown", "serverAddress", "settingsReset", "settingsFailed", "slowUpload",
	}
	for _, code := range codes {
		if !words.In(words.English).Has("notice." + code) {
			t.Errorf("%s has no sentence", code)
		}
	}
}

func TestDevices(t *testing.T) {
	s := session.Snapshot{
		Devices: []media.Device{{Kind: media.Camera, ID: "c1", Name: "Webcam"}, {Kind: media.Microphone, ID: "m1", Name: "Headset"}},
		Using:   map[media.DeviceKind]string{media.Camera: "Webcam"},
		Chosen:  map[media.DeviceKind]media.Choice{},
	}
	choose := func(kind media.DeviceKind, text string) {
		choice, err := media.ParseChoice(kind, text)
		if err != nil {
			t.Fatal(err)
		}
		s.Chosen[kind] = choice
	}
	choose(media.Microphone, "Headset")
	choose(media.Speaker, "file:/tmp/out.wav")
	values := func(g screen.DeviceGroup) string {
		out := make([]string, len(g.Options))
		for i, o := range g.Options {
			out[i] = o.Value + "=" + o.Text
		}
		return g.Value + ": " + strings.Join(out, ", ")
	}
	groups := of(s, screen.View{}).Devices
	for i, want := range []string{
		": =System default · Webcam, c1=Webcam, pattern=Test picture, off=Off",
		"m1: =System default, m1=Headset, off=Off",
		"file:/tmp/out.wav: =System default, off=Off, file:/tmp/out.wav=File /tmp/out.wav",
	} {
		if got := values(groups[i]); got != want {
			t.Errorf("%s:\n got %s\nwant %s", groups[i].Kind, got, want)
		}
	}
	choose(media.Microphone, "tone")
	if got := values(of(s, screen.View{}).Devices[1]); !strings.HasSuffix(got, "tone=Test tone") {
		t.Error(got)
	}
	choose(media.Microphone, "unplugged headset")
	if got := values(of(s, screen.View{}).Devices[1]); !strings.HasSuffix(got, "unplugged headset=unplugged headset") {
		t.Error(got)
	}
}

func TestInvite(t *testing.T) {
	own := []session.Server{{URL: "ws://127.0.0.1:7440/ws", Up: true, Capabilities: all}}
	plain := all
	plain.InviteLinks = false
	link := func(server, url string, expires time.Time) signaling.InviteLink {
		return signaling.InviteLink{Server: server, URL: url, Expires: expires}
	}
	cases := map[string]struct {
		servers []session.Server
		link    signaling.InviteLink
		want    screen.Invite
	}{
		"no server":  {nil, signaling.InviteLink{}, screen.Invite{Note: "There is no connection to a server, so there is no link to give."}},
		"down":       {[]session.Server{{URL: hub, Capabilities: all}}, signaling.InviteLink{}, screen.Invite{Note: "There is no connection to a server, so there is no link to give."}},
		"none given": {[]session.Server{{URL: hub, Up: true, Capabilities: plain}}, signaling.InviteLink{}, screen.Invite{Note: "hub.example gives no invite links."}},
		"waiting":    {up(), signaling.InviteLink{}, screen.Invite{Server: hub, Note: "Asking hub.example for a link"}},
		"expired":    {up(), link(hub, "https://hub.example/i/x", now), screen.Invite{Server: hub, Note: "Asking hub.example for a link"}},
		"another's":  {up(), link("wss://other/ws", "https://other/i/x", now.Add(time.Hour)), screen.Invite{Server: hub, Note: "Asking hub.example for a link"}},
		"there": {up(), link(hub, "https://hub.example/i/x", now.Add(24*time.Hour)), screen.Invite{
			Server: hub, URL: "https://hub.example/i/x",
			Expires: "Works until 10:24 tomorrow, and while Parley is open.", Note: "This link works wherever hub.example can be reached.",
		}},
		"own": {own, link(own[0].URL, "http://127.0.0.1:7440/i/x", time.Time{}), screen.Invite{
			Server: own[0].URL, URL: "http://127.0.0.1:7440/i/x",
			Note: "This link works on this computer only.",
		}},
		"own, shared": {own, link(own[0].URL, "https://192.168.1.5:7440/i/x", time.Time{}), screen.Invite{
			Server: own[0].URL, URL: "https://192.168.1.5:7440/i/x",
			Note: "This link works on your network. Their browser does not know this computer yet, and asks once whether to go on.",
		}},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		if got := of(session.Snapshot{Servers: c.servers, Invite: c.link}, screen.View{}).Invite; got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
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
