package screen_test

import (
	"testing"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/screen"
)

func TestSharing_SaysWhatIsShown(t *testing.T) {
	for _, c := range []struct {
		sharing session.Sharing
		en, zh  string
	}{
		{session.Sharing{Target: "0x1"}, "Sharing begins", "正在开始共享"},
		{session.Sharing{Target: "0x1", Name: "Minutes"}, "You are sharing “Minutes”", "你正在共享“Minutes”"},
		{session.Sharing{Target: "0x1@9x9+0+0", Name: "Minutes"}, "You are sharing a part of your screen", "你正在共享屏幕的一部分"},
		{session.Sharing{Name: "HDMI-1"}, "You are sharing your screen", "你正在共享屏幕"},
		{session.Sharing{Target: "desktop", Name: "window"}, "You are sharing a window", "你正在共享一个窗口"},
		{session.Sharing{Target: "desktop", Name: "screen"}, "You are sharing your screen", "你正在共享屏幕"},
	} {
		c.sharing.On = true
		for language, want := range map[words.Language]string{words.English: c.en, words.Chinese: c.zh} {
			in := screen.Input{Words: words.In(language), Session: session.Snapshot{
				Call: call.State{Phase: call.Active, Kind: media.Video}, Sharing: c.sharing, Muted: map[media.Kind]bool{media.Video: true},
			}}
			m := screen.Of(in).Call
			if !m.Sharing.On || m.Sharing.Text != want || !m.ShowLocal {
				t.Errorf("%+v: says %q instead of %q", c.sharing, m.Sharing.Text, want)
			}
		}
	}
}

func TestSharing_NeedsAPicture(t *testing.T) {
	for _, c := range []struct {
		phase call.Phase
		kind  media.Kind
		can   bool
	}{
		{call.Active, media.Video, true},
		{call.Calling, media.Video, true},
		{call.Active, media.Audio, false},
	} {
		in := screen.Input{Words: words.In(words.English), Session: session.Snapshot{Call: call.State{Phase: c.phase, Kind: c.kind}}}
		if got := screen.Of(in).Call.Sharing; got.Can != c.can || got.On {
			t.Errorf("%v, %v: %+v", c.phase, c.kind, got)
		}
	}
}

func TestRegion(t *testing.T) {
	for typed, want := range map[string]string{
		"1280x720+10+20": "@1280x720+10+20", "1280 × 720, 10, 20": "@1280x720+10+20", "640*480": "@640x480+0+0", "800x600+0+0": "@800x600+0+0",
		"": "", "640": "", "640x480+1": "", "0x10+0+0": "", "99999x1": "", "1x2x3x4x5": "", "wide": "",
	} {
		if got, ok := screen.Region(typed); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, ok)
		}
	}
}

func TestOfferOf(t *testing.T) {
	w := words.In(words.English)
	one := screen.OfferOf(w, []session.Shareable{{ID: "DP-1", Kind: session.ScreenShare, Title: "DP-1"}, {ID: "0x1", Kind: session.WindowShare}})
	if one.Screens[0].Title != "Whole screen" || one.Windows[0].Title != "Window without a title" || one.Asked != "" {
		t.Errorf("%+v", one)
	}
	two := screen.OfferOf(w, []session.Shareable{{ID: "DP-1", Kind: session.ScreenShare}, {ID: "DP-2", Kind: session.ScreenShare}})
	if two.Screens[0].Title != "Screen 1" || two.Screens[1].Title != "Screen 2" {
		t.Errorf("%+v", two)
	}
	if asked := screen.OfferOf(w, []session.Shareable{{ID: "desktop", Kind: session.AskedShare}}); asked.Asked != "desktop" {
		t.Errorf("%+v", asked)
	}
}
