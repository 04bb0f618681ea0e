package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/call/session"
	"parley/media"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// Levels is how loud things are at this moment, root mean square, 0 to 1.
type Levels struct {
	Microphone float64 // as the microphone hears it, muted or not
	Speaker    float64 // what is played, at our volume
	Remote     float64 // the other side, whatever our volume
}

// stages returns those of the voice's processing, what matters most first.
func stages() []session.Stage {
	return []session.Stage{session.Echo, session.Noise, session.Gain, session.HighPass}
}

// meterBars are those of the sound test.
const meterBars = 24

// soundSection is the part of the settings about sound: devices, volumes, what is
// done to the voice, and a test of all that.
type soundSection struct {
	w        *Window
	devices  map[media.DeviceKind]*widget.Picker
	volumes  map[media.DeviceKind]*widget.Slider
	switches map[session.Stage]*widget.Toggle

	try                 *widget.Button
	test                *fyne.Container // shown while the test is on
	record, play, chime *widget.Button
	microphone, speaker *widget.Meter
	text                *widget.Text
	now                 screen.SoundTest
}

func (s *settingsView) soundSection() fyne.CanvasObject {
	v := &soundSection{
		w: s.w, devices: s.devices, volumes: map[media.DeviceKind]*widget.Slider{}, switches: map[session.Stage]*widget.Toggle{},
	}
	s.sound = v
	lines := []fyne.CanvasObject{
		s.device(media.Microphone), s.device(media.Speaker), v.volume(s, media.Speaker), s.device(media.Ringer), v.volume(s, media.Ringer),
		v.testCard(), widget.Rule(),
	}
	for _, stage := range stages() {
		lines = append(lines, v.stage(stage))
	}
	return s.w.section("settings.sound", lines...)
}

// device is the line of a device's picker.
func (s *settingsView) device(kind media.DeviceKind) fyne.CanvasObject {
	s.devices[kind] = widget.NewPicker("settings."+string(kind), "", func(v string) { s.w.choose(kind, v) })
	return s.line("device."+string(kind), s.devices[kind])
}

func (v *soundSection) volume(s *settingsView, kind media.DeviceKind) fyne.CanvasObject {
	v.volumes[kind] = v.w.volumeSlider("settings.volume.", kind)
	return s.line("volume."+string(kind), v.volumes[kind])
}

// volumeSlider sets how loud a device is.
func (w *Window) volumeSlider(id string, kind media.DeviceKind) *widget.Slider {
	return widget.NewSlider(id+string(kind), w.words.Text("volume."+string(kind)), func(level float64) {
		w.post(session.SetVolume{Kind: kind, Level: level})
	})
}

// stage is a label and what it means, with a toggle at the right.
func (v *soundSection) stage(stage session.Stage) fyne.CanvasObject {
	key := "sound." + string(stage)
	t := v.w.words
	toggle := widget.NewToggle("settings."+key, t.Text(key), func(on bool) {
		v.w.post(session.Tune{Switches: map[session.Stage]bool{stage: on}})
	})
	v.switches[stage] = toggle
	return widget.Beside(widget.Column(look.Space4,
		widget.NewText(t.Text(key), look.Body, look.Text), widget.Flowing(t.Text(key+"Hint"), look.Hint, look.Quiet)),
		container.NewVBox(fyneSpacer(), toggle, fyneSpacer()))
}

func (v *soundSection) testCard() fyne.CanvasObject {
	t := v.w.words
	v.try = widget.NewButton("settings.soundTest", "mic", t.Text("soundTest.open"), widget.Soft, func() { v.w.post(session.TestSound{On: !v.now.On}) })
	v.record = widget.NewButton("soundTest.record", "mic", t.Text("button.record"), widget.Primary, func() { v.run(session.Recording) })
	v.play = widget.NewButton("soundTest.play", "play", t.Text("button.playBack"), widget.Soft, func() { v.run(session.Playing) })
	v.chime = widget.NewButton("soundTest.chime", "bell", t.Text("button.chime"), widget.Soft, func() { v.run(session.Chiming) })
	v.microphone = widget.NewMeter("soundTest.microphone", t.Text("device.microphone"), meterBars)
	v.speaker = widget.NewMeter("soundTest.speaker", t.Text("device.speaker"), meterBars)
	v.text = widget.Flowing("", look.Body, look.Quiet)
	v.test = widget.Column(look.Space12,
		v.meter("mic", v.microphone), v.meter("speaker", v.speaker), v.text,
		container.New(&flow{gap: look.Space8}, v.record, v.play, v.chime))
	return widget.Column(look.Space12, widget.Line(0, v.try), v.test)
}

func (v *soundSection) meter(icon string, m *widget.Meter) fyne.CanvasObject {
	return container.New(iconLine{}, widget.NewIcon(icon, 18, look.Quiet), m)
}

// run begins something in the test, or stops it if it is being done.
func (v *soundSection) run(doing session.Doing) {
	if v.now.Doing == doing {
		doing = session.NothingDone
	}
	v.w.post(session.RunTest{Doing: doing})
}

func (v *soundSection) apply(s screen.Sound) {
	t := v.w.words
	for _, volume := range s.Volumes {
		v.volumes[volume.Kind].Set(volume.Level)
	}
	for _, w := range s.Switches {
		v.switches[w.Stage].Set(w.On)
	}
	v.now = s.Test
	label := t.Text("soundTest.open")
	if s.Test.On {
		label = t.Text("soundTest.close")
	}
	v.try.SetLabel(label)
	show(v.test, s.Test.On)
	v.text.Set(s.Test.Text)
	v.record.SetLabel(s.Test.Record)
	v.play.SetLabel(s.Test.Play)
	able(v.record, s.Test.Doing == session.NothingDone || s.Test.Doing == session.Recording)
	able(v.play, s.Test.Recorded && s.Test.Doing != session.Recording)
	able(v.chime, s.Test.Doing == session.NothingDone)
}

// show moves the meters.
func (v *soundSection) show(l Levels) {
	v.microphone.SetLevel(l.Microphone)
	v.speaker.SetLevel(l.Speaker)
}

func able(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}
