package screen_test

import (
	"testing"
	"time"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/screen"
)

func TestRecording_SaysWhoRecords(t *testing.T) {
	for _, c := range []struct {
		recording session.CallRecording
		en, zh    string
	}{
		{session.CallRecording{Told: true}, "", ""},
		{session.CallRecording{On: true, Since: now.Add(-65 * time.Second)}, "Recording 1:05", "正在录制 1:05"},
		{session.CallRecording{Theirs: true}, "Maya is recording this call", "Maya 正在录制本次通话"},
		{session.CallRecording{On: true, Since: now, Theirs: true}, "Recording 0:00; Maya is recording, too", "正在录制 0:00；Maya 也在录制"},
	} {
		for language, want := range map[words.Language]string{words.English: c.en, words.Chinese: c.zh} {
			s := live(call.Active, media.Audio)
			s.PeerName, s.Recording = "Maya", c.recording
			m := screen.Of(screen.Input{Session: s, Words: words.In(language), Now: now})
			if got := m.Call.Recording; got.Text != want || got.On != c.recording.On {
				t.Errorf("%+v: says %q instead of %q", c.recording, got.Text, want)
			}
		}
	}
}

func TestRecording_UntoldIsAsked(t *testing.T) {
	s := live(call.Active, media.Audio)
	s.Notices = []session.Notice{{Code: session.NoticeRecordUntold, Args: map[string]string{"name": "Maya"}, Since: now}}
	got := of(s, screen.View{}).Banners
	if len(got) != 1 || got[0].Action != screen.RecordAnyway || got[0].Label != "Record" || got[0].Text != "Parley cannot tell Maya that you record: ask them first." {
		t.Errorf("%+v", got)
	}
}

func TestSaved_IsToldForAWhile(t *testing.T) {
	for want, saved := range map[string]session.Saved{
		"The picture was saved: /p.png":                         {Kind: session.SavedPicture, Path: "/p.png", Parts: 1, At: now},
		"The recording was saved: /r.webm":                      {Kind: session.SavedRecording, Path: "/r.webm", Parts: 1, At: now},
		"The recording was saved in 2 files. The first: /r.mkv": {Kind: session.SavedRecording, Path: "/r.mkv", Parts: 2, At: now},
	} {
		got := of(session.Snapshot{Saved: saved}, screen.View{})
		if len(got.Banners) != 1 || got.Banners[0].Text != want || !got.Next.Equal(now.Add(8*time.Second)) {
			t.Errorf("%+v, next at %v", got.Banners, got.Next)
		}
		saved.At = now.Add(-time.Minute)
		if got := of(session.Snapshot{Saved: saved}, screen.View{}).Banners; len(got) != 0 {
			t.Errorf("a minute later: %+v", got)
		}
	}
}
