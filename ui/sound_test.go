package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/look"
	"parley/ui/widget"
)

// testingSound is a snapshot at rest with the sound test open.
func testingSound(doing session.Doing, recorded bool) session.Snapshot {
	s := rest()
	s.Sound.Testing, s.Sound.Test = true, session.SoundTest{Doing: doing, Recorded: recorded}
	return s
}

func TestSoundSettings_Post(t *testing.T) {
	b := open(t)
	b.tall()
	s := rest()
	s.Sound.Switches = map[session.Stage]bool{session.Noise: false}
	s.Sound.Volume = map[media.DeviceKind]float64{media.Ringer: 0.4}
	b.Show(s)
	b.use("settings")
	b.posted = nil
	for _, stage := range session.Stages() {
		b.use("settings.sound." + string(stage))
	}
	b.expect(
		session.Tune{Switches: map[session.Stage]bool{session.HighPass: false}}, session.Tune{Switches: map[session.Stage]bool{session.Echo: false}},
		session.Tune{Switches: map[session.Stage]bool{session.Noise: true}}, session.Tune{Switches: map[session.Stage]bool{session.Gain: false}})
	if v := b.home.settings.sound.volumes[media.Ringer].Value(); v != 0.4 {
		t.Errorf("the ring volume shows %v", v)
	}
	if v := b.home.settings.sound.volumes[media.Speaker].Value(); v != 1 {
		t.Errorf("the volume shows %v", v)
	}
}

// Volume and what is done to the voice can be changed without leaving a call.
func TestSoundInACall_Posts(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Audio)
	s.Sound.Switches = map[session.Stage]bool{session.Noise: false}
	s.Sound.Volume = map[media.DeviceKind]float64{media.Speaker: 0.4}
	b.Show(s)
	b.posted = nil
	b.use("devices")
	b.use("volume.speaker") // at its left
	b.expect(session.SetVolume{Kind: media.Speaker, Level: 0})
	if _, open := b.find("volume.speaker"); !open {
		t.Fatal("turning the volume closes the menu")
	}
	if _, rings := b.find("volume.ringer"); rings {
		t.Error("nothing rings in a call")
	}
	b.posted = nil
	b.use("sound.noise")
	b.expect(session.Tune{Switches: map[session.Stage]bool{session.Noise: true}})
	b.use("devices")
	b.posted = nil
	b.use("sound.echo")
	b.expect(session.Tune{Switches: map[session.Stage]bool{session.Echo: false}})
}

func TestSoundTest_StepByStep(t *testing.T) {
	b := open(t, func(d *Deps) { d.Levels = func() Levels { return Levels{Microphone: 1} } })
	b.tall()
	b.Show(rest())
	b.use("settings")
	if _, ok := b.find("soundTest.record"); ok {
		t.Error("the test is there before it was opened")
	}
	b.posted = nil
	b.use("settings.soundTest")
	b.Show(testingSound(session.NothingDone, false))
	b.pull.tick()
	if v := b.home.settings.sound; v.microphone.Lit() == 0 || v.speaker.Lit() != 0 {
		t.Errorf("the meters light %d and %d bars", v.microphone.Lit(), v.speaker.Lit())
	}
	if w, _ := b.find("soundTest.play"); w.Enabled {
		t.Error("nothing can be played yet")
	}
	b.use("soundTest.record")
	b.Show(testingSound(session.Recording, false))
	b.use("soundTest.record") // stops
	b.Show(testingSound(session.NothingDone, true))
	b.use("soundTest.play")
	b.Show(testingSound(session.NothingDone, true))
	b.use("soundTest.chime")
	b.use("settings.soundTest")
	b.expect(session.TestSound{On: true}, session.RunTest{Doing: session.Recording}, session.RunTest{}, session.RunTest{Doing: session.Playing},
		session.RunTest{Doing: session.Chiming}, session.TestSound{})
}

func TestSoundTest_EndsWithThePage(t *testing.T) {
	b := open(t)
	b.Show(testingSound(session.Playing, true))
	b.use("settings")
	b.posted = nil
	b.use("back")
	b.expect(session.Preview{}, session.TestSound{})
}

func TestFlow_BreaksLines(t *testing.T) {
	open(t)
	button := func(id string) *widget.Button { return widget.NewButton(id, "", "Play back", widget.Soft, func() {}) }
	line := button("a").MinSize()
	box := container.New(&flow{gap: look.Space8}, button("a"), button("b"), button("c"))
	for _, c := range []struct{ width, height float32 }{{1000, line.Height}, {2*line.Width + look.Space8, 2*line.Height + look.Space8}, {1, 3*line.Height + 2*look.Space8}} {
		box.Resize(fyne.NewSize(c.width, c.height))
		if got := box.MinSize().Height; got != c.height {
			t.Errorf("in a width of %v it is %v high, want %v", c.width, got, c.height)
		}
	}
}
