package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"parley/call"
	"parley/call/session"
	"parley/media"
)

func TestRecordingBar(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Audio)
	b.Show(s)
	if b.call.recorded.root.Visible() {
		t.Error("nobody records, and the bar is there")
	}
	b.press(b.main.Canvas(), fyne.KeyR)
	b.expect(session.RecordCall{On: true})
	s.Recording = session.CallRecording{On: true, Since: b.now.Add(-5 * time.Second)}
	b.Show(s)
	if got := b.call.recorded.text.Content; !b.call.recorded.root.Visible() || got != "Recording 0:05" {
		t.Errorf("says %q", got)
	}
	b.press(b.main.Canvas(), fyne.KeyR)
	b.use("recording.stop")
	b.expect(session.RecordCall{}, session.RecordCall{})
	s.Recording = session.CallRecording{Theirs: true}
	b.Show(s)
	if _, ok := b.find("recording.stop"); ok || !b.call.recorded.root.Visible() {
		t.Error("the other side's recording can be stopped, or is not told")
	}
	b.call.rested = true // as the controls do
	b.Show(s)
	if !b.call.recorded.root.Visible() {
		t.Error("the indicator rests")
	}
}

func TestRecordingUntold(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Audio)
	s.Notices = []session.Notice{{Code: session.NoticeRecordUntold, Args: map[string]string{"name": "Ben"}, Since: b.now}}
	b.Show(s)
	b.actOnBanner(session.NoticeRecordUntold)
	b.expect(session.RecordCall{On: true, Untold: true})
}

func TestSavePicture(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Video)
	s.FirstFrame = map[media.Kind]time.Time{media.Video: b.now}
	b.Show(s)
	b.press(b.main.Canvas(), fyne.KeyP)
	b.expect(session.SavePicture{})
	b.use("devices")
	if ids := b.ids(); !slices.Contains(ids, "snapshot") || !slices.Contains(ids, "record") {
		t.Errorf("the menu has %v", ids)
	}
	b.use("snapshot")
	b.expect(session.SavePicture{})
	s.FirstFrame = nil
	b.Show(s)
	b.press(b.main.Canvas(), fyne.KeyP)
	b.expect()
	s.SeesShare = true // and their camera is off
	b.Show(s)
	b.press(b.main.Canvas(), fyne.KeyP)
	b.expect(session.SavePicture{})
	b.use("devices")
	b.use("snapshot")
	b.expect(session.SavePicture{})
}

func TestRecordingsFolder(t *testing.T) {
	var saved []Preferences
	b := open(t, func(d *Deps) { d.Save = func(p Preferences) { saved = append(saved, p) } })
	b.Show(rest())
	b.home.settings.folder.SetText(" /srv/films ")
	if len(saved) == 0 || saved[len(saved)-1].Recordings != "/srv/films" {
		t.Errorf("saved %+v", saved)
	}
}
