package screen_test

import (
	"errors"
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
			screen.Banner{Key: "nameTaken", Text: "Somebody else has the name ada on hub.example. Change yours on the server's page, or start Parley with another: --name.", Action: screen.OpenServer, Label: "Open server", Server: hub},
		},
		"server's own word": {
			session.Notice{Code: "400101", Args: map[string]string{"server": hub}, Err: errors.New("the server refuses: 400101: password wrong")},
			screen.Banner{Key: "400101", Text: "hub.example refuses. Look at what it is told about you.", Detail: "Details: 400101: password wrong", Action: screen.OpenServer, Label: "Open server", Server: hub},
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
		"noSpeaker", "speakerLost", "speakerFailed", "noSoundServer", "noSoundDevices", "bookReset", "bookFailed", "bookReadOnly", "diskFull",
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

func TestDevices_ScreensAreNamedInTheUsersLanguage(t *testing.T) {
	s := session.Snapshot{Devices: []media.Device{
		{Kind: media.Camera, ID: "c1", Name: "Screen 1"}, // a camera may be called anything
		{Kind: media.Camera, ID: "screen:DP-1", Name: "Screen 1"}, {Kind: media.Camera, ID: "screen:HDMI-1", Name: "Screen 2"},
	}}
	for chosen, want := range map[string]string{
		"screen:DP-1": " =系统默认 c1=Screen 1 screen:DP-1=屏幕 1 screen:HDMI-1=屏幕 2 pattern=测试画面 off=关闭",
		"screen":      " =系统默认 c1=Screen 1 screen:DP-1=屏幕 1 screen:HDMI-1=屏幕 2 pattern=测试画面 off=关闭 screen=整个屏幕",
	} {
		choice, err := media.ParseChoice(media.Camera, chosen)
		if err != nil {
			t.Fatal(err)
		}
		s.Chosen = map[media.DeviceKind]media.Choice{media.Camera: choice}
		got := ""
		for _, o := range screen.Of(screen.Input{Session: s, Words: words.In(words.Chinese)}).Devices[0].Options {
			got += " " + o.Value + "=" + o.Text
		}
		if got != want {
			t.Errorf("%s:\n got%s\nwant%s", chosen, got, want)
		}
	}
}

func TestInvite(t *testing.T) {
	own := []session.Server{{URL: signaling.OwnHub, Up: true, Capabilities: all}}
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
