package station

import (
	"log/slog"
	"sync/atomic"
	"time"

	"parley/call/session"
	"parley/media"
	"parley/media/audio"
	"parley/media/soundtest"
	"parley/media/tones"
	"parley/media/voice"
)

const (
	listenEvery = 250 * time.Millisecond // how often what the engine hears is looked at
	restAfter   = 10 * time.Second       // without sound, what cleans voices is let go of
)

// desk is where the sound comes together: the engine, the tones, and what
// cleans the voice. One goroutine uses it, except for levels, raw and deaf.
type desk struct {
	log    *slog.Logger
	notice func(code string)
	engine *audio.Engine
	voices *voices
	tones  tones.Player // beside what others say
	bell   tones.Player
	quiet  func() // removes the tones

	wanted  session.Wanted
	real    bool   // the microphone is one, and not a stand-in, which needs no cleaning
	ringing func() // removes the bell; nil while it does not ring
	fading  bool   // the bell has been told to end
	test    *soundtest.Test
	tested  chan struct{} // holds a token when the test does something else
	needed  time.Time     // when what cleans voices was needed last; zero: it is not prepared
	plain   bool          // the user was told of the plainer canceller
	heard   session.Heard
	gauge   gauge
	tracks  tracks // of the other side
}

// open readies the sound without using any device.
func (d *desk) open(chosen map[media.DeviceKind]media.Choice, sound session.Sound, report func(audio.Report)) {
	d.voices = newVoices(d.log)
	o := d.voices.options()
	o.Settings = settingsOf(sound)
	d.engine = audio.Open(audio.Options{
		Microphone: chosen[media.Microphone], Speaker: chosen[media.Speaker], Ringer: chosen[media.Ringer],
		Voice: o, Report: report, Log: d.log,
	})
	d.quiet = d.engine.Add(&d.tones)
	d.real = isReal(chosen[media.Microphone])
}

// isReal reports whether a choice of microphone means a device.
func isReal(c media.Choice) bool {
	_, file := c.File()
	return !file && c != media.Tone && c != media.Off
}

// close ends all sound.
func (d *desk) close() error {
	d.try(session.Wanted{})
	d.quiet()
	if d.ringing != nil {
		d.ringing()
	}
	err := d.engine.Close()
	d.voices.rest()
	return err
}

// follow does what is wanted of the sound.
func (d *desk) follow(w session.Wanted) {
	for _, kind := range []media.DeviceKind{media.Microphone, media.Speaker, media.Ringer} {
		if choice, said := w.Chosen[kind]; said {
			d.engine.Choose(kind, choice)
		}
	}
	if choice, said := w.Chosen[media.Microphone]; said {
		d.real = isReal(choice)
	}
	now := session.Sound{Switches: w.Switches, Volume: w.Volume}
	d.engine.Process(settingsOf(now))
	for _, kind := range []media.DeviceKind{media.Speaker, media.Ringer} {
		d.engine.SetVolume(kind, amplitude(now.VolumeOf(kind)))
	}
	d.prepare(w)
	d.engine.Mute(w.MuteAudio)
	d.engine.Use(w.Microphone, w.Speaker && w.Tone != session.RingTone)
	d.ring(w.Tone == session.RingTone)
	d.tones.Set(tone(w.Tone))
	d.gauge.open.Store(w.Microphone)
	d.try(w)
	d.wanted = w
}

// amplitude is what a volume does to samples. Half a volume shall sound about
// half as loud: the third power, as sound servers have it, is 18 dB there.
func amplitude(volume float64) float64 { return volume * volume * volume }

func settingsOf(s session.Sound) voice.Settings {
	return voice.Settings{
		HighPass: s.On(session.HighPass), Echo: s.On(session.Echo), Noise: s.On(session.Noise), Gain: s.On(session.Gain),
	}
}

// prepare readies what cleans the voice while a call is near: when it rings, on
// either side, and for a sound test.
func (d *desk) prepare(w session.Wanted) {
	if !d.near(w) {
		return
	}
	if d.needed.IsZero() {
		d.voices.prepare(session.Sound{Switches: w.Switches})
	}
	d.needed = time.Now()
}

func (d *desk) near(w session.Wanted) bool {
	return d.real && (w.Microphone || w.Tone == session.RingTone)
}

// ring begins to ring, or lets the bell fade.
func (d *desk) ring(on bool) {
	switch {
	case on:
		d.bell.Set(tones.Ring)
		d.fading = false
		if d.ringing == nil {
			d.ringing = d.engine.AddRing(&d.bell)
		}
	case d.ringing != nil:
		d.bell.Set(tones.None)
		d.fading = true
	}
}

// try begins or ends the sound test, and does what it was asked for since the
// last time. A test that ends forgets what it has recorded.
func (d *desk) try(w session.Wanted) {
	switch {
	case w.SoundTest && d.test == nil:
		d.test = soundtest.New(soundtest.Options{
			Feed: d.engine.Sound(), Add: d.engine.Add, Raw: d.raw, Missing: d.deaf, Changed: d.wake,
		})
	case !w.SoundTest && d.test != nil:
		if err := d.test.Close(); err != nil {
			d.log.Warn("the sound test did not end", "err", err)
		}
		d.test = nil
	}
	if d.test == nil || w.Test == d.wanted.Test {
		return
	}
	switch w.Test.Doing {
	case session.NothingDone:
		d.test.Stop()
	case session.Recording:
		d.test.Record()
	case session.Playing:
		d.test.Play()
	case session.Chiming:
		d.test.Chime()
	}
}

// raw is the peak of the microphone's last step as it came; 0 where it is not known.
func (d *desk) raw() float32 {
	r := d.engine.Reading().Voice
	if !d.gauge.fresh(r.Steps) {
		return 0
	}
	return r.Peak
}

// deaf reports whether nothing is there to hear: the engine delivers silence then.
func (d *desk) deaf() bool { return d.engine.Report().Microphone == "" }

// wake lets run listen at once.
func (d *desk) wake() {
	select {
	case d.tested <- struct{}{}:
	default:
	}
}

// testing is what the sound test does.
func (d *desk) testing() session.SoundTest {
	if d.test == nil {
		return session.SoundTest{}
	}
	r := d.test.Read()
	return session.SoundTest{Doing: session.Doing(r.State), Recorded: r.Recorded > 0, Verdict: session.Verdict(r.Verdict)}
}

// busy reports whether listen has to be called now and then.
func (d *desk) busy() bool { return d.wanted.Microphone || d.fading || !d.needed.IsZero() }

// listen looks at what the engine hears, and ends what has had its time. It
// reports whether what is heard has changed.
func (d *desk) listen(now time.Time) (changed bool) {
	if d.fading {
		d.ringing()
		d.ringing, d.fading = nil, false
	}
	switch {
	case d.near(d.wanted):
		d.needed = now
	case !d.needed.IsZero() && now.Sub(d.needed) > restAfter:
		d.voices.rest()
		d.needed = time.Time{}
	}
	var heard session.Heard
	if d.wanted.Microphone {
		r := d.engine.Reading().Voice
		if !d.gauge.fresh(r.Steps) {
			r.SpeakingWhileMuted = false // the microphone is gone
		}
		heard = d.hear(r)
	}
	changed = heard != d.heard
	d.heard = heard
	return changed
}

// hear tells what a reading means for the user.
func (d *desk) hear(r voice.Reading) session.Heard {
	heard := session.Heard{
		Canceller: nameOf(d.voices.cancellers, r.Canceller), Suppressor: nameOf(d.voices.suppressors, r.Suppressor),
		SpeakingMuted: r.SpeakingWhileMuted && d.wanted.MuteAudio, Test: d.testing(),
	}
	sound := session.Sound{Switches: d.wanted.Switches}
	if !d.plain && !d.wanted.SoundTest && sound.On(session.Echo) && d.lacks(r.Canceller) {
		d.plain = true
		d.notice("plainCanceller")
	}
	return heard
}

// lacks reports whether the best canceller could not be made: another is in its
// place, or none could. While it is being made, which takes longer the busier the
// machine is, there is none, and nothing has failed.
func (d *desk) lacks(r voice.StageReading) bool {
	if r.Rank < 0 {
		return r.Failures >= len(d.voices.cancellers)
	}
	name := nameOf(d.voices.cancellers, r)
	return name != "" && name != byAEC3
}

// gauge turns readings into levels, for any goroutine.
type gauge struct {
	open  atomic.Bool // the microphone is wanted
	steps atomic.Uint64
	at    atomic.Int64 // when steps changed last, in Unix milliseconds
}

// fresh reports whether a reading is of now: the chain's last one stays when
// another microphone, or none, is heard. It has to be called now and then, as
// listen does: one that was not looked at since it was made counts as new.
func (g *gauge) fresh(steps uint64) bool {
	const still = 100 // ms
	now := time.Now().UnixMilli()
	if g.steps.Swap(steps) != steps {
		g.at.Store(now)
	}
	return g.open.Load() && steps > 0 && now-g.at.Load() < still
}

// Level is how loud a sound is: linear, 1 being full scale.
type Level struct{ RMS, Peak float64 }

// Levels is how loud it is now.
type Levels struct {
	Raw        Level // what the microphone hears, muted or not
	Microphone Level // the same without echo and noise, at an even level: what is sent unless muted
	Speaker    Level // what is played: voices and tones, at our volume
	Remote     Level // the other side, as it comes, whatever our volume; no peak
}

// levels returns how loud it is now. Of what is no microphone, such as the test
// tone, there is no peak.
func (d *desk) levels() Levels {
	microphone, speaker := d.engine.Levels()
	l := Levels{Raw: Level{microphone, microphone}, Microphone: Level{microphone, microphone}, Speaker: Level{speaker, speaker}}
	l.Remote.RMS = d.tracks.level()
	if r := d.engine.Reading().Voice; d.gauge.fresh(r.Steps) {
		l.Raw, l.Microphone = levelOf(r.Before), levelOf(r.After)
		l.Speaker.Peak = max(speaker, float64(r.Far.Peak))
	}
	return l
}

func levelOf(l voice.Level) Level { return Level{float64(l.RMS), float64(l.Peak)} }
