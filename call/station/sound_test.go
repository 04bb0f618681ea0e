package station

import (
	"errors"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/media/soundtest"
	"parley/media/voice"
)

func TestParseProcess(t *testing.T) {
	only := func(on ...session.Stage) map[session.Stage]bool {
		out := map[session.Stage]bool{}
		for _, stage := range session.Stages() {
			out[stage] = false
		}
		for _, stage := range on {
			out[stage] = true
		}
		return out
	}
	for text, want := range map[string]map[session.Stage]bool{
		"": nil, "none": only(), "all": only(session.Stages()...), "echo": only(session.Echo),
		"highPass, gain": only(session.HighPass, session.Gain),
	} {
		if got, err := ParseProcess(text); err != nil || !maps.Equal(got, want) {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"reverb", "echo,", ",", "ECHO", "none,echo"} {
		if got, err := ParseProcess(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// A flag holds for one run, whatever the settings say; volumes are made usable.
func TestSound_FlagsCountMoreThanSettings(t *testing.T) {
	kept := SoundSettings{
		Switches: map[session.Stage]bool{session.Echo: false},
		Volume:   map[media.DeviceKind]float64{media.Speaker: 7, media.Ringer: math.NaN()},
	}
	s, err := sound(Options{}, kept)
	if err != nil || s.On(session.Echo) || !s.On(session.Noise) || s.VolumeOf(media.Speaker) != 1 || s.VolumeOf(media.Ringer) != 1 {
		t.Errorf("the settings mean %+v, %v", s, err)
	}
	if s, err = sound(Options{Process: "echo"}, kept); err != nil || !s.On(session.Echo) || s.On(session.Noise) {
		t.Errorf("with the flag: %+v, %v", s, err)
	}
	var f *Fault
	if _, err = sound(Options{Process: "reverb"}, kept); !errors.As(err, &f) || f.Key != "start.badProcess" {
		t.Errorf("a bad flag: %v", err)
	}
}

// What is tuned is kept, and is there at the next start.
func TestStation_KeepsWhatIsTuned(t *testing.T) {
	dir := t.TempDir()
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Data = dir })
	desk, err := media.ParseChoice(media.Ringer, "Desk")
	if err != nil {
		t.Fatal(err)
	}
	r.Post(session.Tune{Switches: map[session.Stage]bool{session.Echo: false}})
	r.Post(session.Tune{Switches: map[session.Stage]bool{session.Gain: false, session.Echo: true}})
	r.Post(session.SetVolume{Kind: media.Ringer, Level: 0.25})
	r.Post(session.Choose{Kind: media.Ringer, Choice: desk})
	r.await("the last of it", func(s session.Snapshot) bool { return s.Chosen[media.Ringer] == desk })
	r.end()
	kept, err := LoadSettings(dir)
	want := SoundSettings{
		Switches: map[session.Stage]bool{session.Gain: false, session.Echo: true},
		Volume:   map[media.DeviceKind]float64{media.Ringer: 0.25},
	}
	if err != nil || !reflect.DeepEqual(kept.Sound, want) || kept.Devices[media.Ringer] != "Desk" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	next := start(t, "127.0.0.1:0", func(o *Options) { o.Data = dir })
	next.await("what was tuned", func(s session.Snapshot) bool {
		return !s.Sound.On(session.Gain) && s.Sound.On(session.Echo) && s.Sound.VolumeOf(media.Ringer) == 0.25
	})
}

// A whole number is a volume; what is no volume at all sets the settings aside.
func TestSettings_Sound(t *testing.T) {
	for text, want := range map[string]float64{
		"[sound.volume]\nspeaker = 1\n": 1, "[sound.volume]\nspeaker = 0.5\n": 0.5, "[sound.switches]\nwarp = true\n": 1,
	} {
		dir := t.TempDir()
		write(t, dir, text)
		kept, err := LoadSettings(dir)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if s, err := sound(Options{}, kept.Sound); err != nil || s.VolumeOf(media.Speaker) != want {
			t.Errorf("%q means %+v, %v", text, s, err)
		}
	}
	dir := t.TempDir()
	write(t, dir, "[sound.switches]\necho = \"loud\"\n")
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Data = dir })
	r.await("the notice", func(s session.Snapshot) bool { return len(s.Notices) > 0 && s.Notices[0].Code == "settingsReset" })
}

func write(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newDesk is a desk without any device.
func newDesk(t *testing.T) (d *desk, noticed *[]string) {
	t.Helper()
	return newDeskWith(t, media.Tone)
}

// newDeskWith is one with a microphone of choice.
func newDeskWith(t *testing.T, microphone media.Choice) (d *desk, noticed *[]string) {
	t.Helper()
	noticed = &[]string{}
	d = &desk{log: slog.New(slog.DiscardHandler), notice: func(code string) { *noticed = append(*noticed, code) }}
	chosen := map[media.DeviceKind]media.Choice{media.Microphone: microphone, media.Speaker: media.Off}
	d.open(chosen, session.Sound{}, nil)
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	return d, noticed
}

// What cleans voices is ready from the ring on, and is let go of a while after the
// call; then nothing is looked at any more.
func TestDesk_RestsAfterACall(t *testing.T) {
	d, _ := newDesk(t)
	c, open, closed := newCompiled()
	d.voices.programs = map[session.Stage]program{session.Echo: c}
	d.real = true
	if d.busy() {
		t.Error("busy before anything is wanted")
	}
	d.follow(session.Wanted{Speaker: true, Tone: session.RingTone})
	if !d.busy() || d.ringing == nil {
		t.Error("it does not ring")
	}
	d.follow(session.Wanted{Microphone: true, Speaker: true})
	now := time.Now()
	if d.listen(now); d.ringing != nil || !d.busy() {
		t.Errorf("in the call it rings: %v, is looked at: %v", d.ringing != nil, d.busy())
	}
	d.follow(session.Wanted{})
	if d.listen(now.Add(restAfter / 2)); !d.busy() {
		t.Error("what cleans voices is let go of while the user may ring again")
	}
	if d.listen(now.Add(2 * restAfter)); d.busy() {
		t.Error("busy for ever")
	}
	if *open != 0 || *closed != 1 {
		t.Errorf("%d programs are open, %d closed", *open, *closed)
	}
	d.follow(session.Wanted{Microphone: true}) // and again
	if !d.busy() {
		t.Error("a second call is not looked at")
	}
}

// What is switched off, and what stands in for a microphone, needs no cleaning.
func TestDesk_PreparesNothingInVain(t *testing.T) {
	for _, off := range []bool{true, false} {
		d, _ := newDesk(t)
		c, open, _ := newCompiled()
		d.voices.programs = map[session.Stage]program{session.Echo: c}
		d.real = off
		d.follow(session.Wanted{Tone: session.RingTone, Switches: map[session.Stage]bool{session.Echo: !off}})
		d.voices.preparing.Wait()
		if *open != 0 {
			t.Errorf("prepared, with echo off: %v", off)
		}
	}
}

// A ring that begins while the last one fades goes on.
func TestDesk_RingsAgainWhileFading(t *testing.T) {
	d, _ := newDesk(t)
	d.follow(session.Wanted{Tone: session.RingTone})
	d.follow(session.Wanted{})
	d.follow(session.Wanted{Tone: session.RingTone})
	if d.listen(time.Now()); d.ringing == nil {
		t.Error("it does not ring")
	}
}

func TestDesk_SpeakingMuted(t *testing.T) {
	d, _ := newDesk(t)
	speaking := voice.Reading{SpeakingWhileMuted: true, Canceller: voice.StageReading{Rank: -1}, Suppressor: voice.StageReading{Rank: -1}}
	if d.hear(speaking).SpeakingMuted {
		t.Error("told although nothing is muted")
	}
	d.follow(session.Wanted{Microphone: true, MuteAudio: true})
	if !d.hear(speaking).SpeakingMuted {
		t.Error("not told")
	}
}

// The plainer canceller is told once, where echo is to be taken out, and not while
// the better one is being made, however long the microphone has been open: it is made
// when it is switched on.
func TestDesk_PlainCanceller(t *testing.T) {
	none, plainer := voice.StageReading{Rank: -1}, voice.StageReading{Name: "speex", Rank: 1, Failures: 1}
	for name, last := range map[string]voice.StageReading{"another": plainer, "none": {Rank: -1, Failures: 2}} {
		t.Run(name, func(t *testing.T) {
			d, noticed := newDesk(t)
			d.voices.cancellers = []way[voice.Canceller]{{name: byAEC3}, {name: bySpeex}}
			hear := func(steps uint64, r voice.StageReading) {
				d.hear(voice.Reading{Steps: steps, Canceller: r, Suppressor: none})
			}
			hear(10, none)
			d.follow(session.Wanted{Switches: map[session.Stage]bool{session.Echo: false}})
			hear(10_000, none)
			hear(10_000, plainer) // it is just being let go of
			d.follow(session.Wanted{})
			hear(10_000, voice.StageReading{}) // no step has come
			hear(10_000, none)
			hear(10_000, voice.StageReading{Name: "aec3"})
			if len(*noticed) != 0 {
				t.Errorf("noticed %v", *noticed)
			}
			for range 3 {
				hear(10_025, last)
			}
			if len(*noticed) != 1 || (*noticed)[0] != "plainCanceller" {
				t.Errorf("noticed %v", *noticed)
			}
		})
	}
}

func TestDesk_NamesStages(t *testing.T) {
	ways := []way[voice.Canceller]{{name: "best"}, {name: "plain"}}
	for rank, want := range map[int]string{-1: "", 0: "best", 1: "plain", 2: ""} {
		if got := nameOf(ways, voice.StageReading{Name: "any", Rank: rank}); got != want {
			t.Errorf("rank %d is %q", rank, got)
		}
	}
	if got := nameOf(ways, voice.StageReading{}); got != "" {
		t.Errorf("before the first step it is %q", got)
	}
}

// The test tone is heard by the meters as long as the microphone is wanted.
func TestDesk_Levels(t *testing.T) {
	d, _ := newDesk(t)
	steps := d.engine.Sound().Listen()
	defer steps.Close()
	d.follow(session.Wanted{Microphone: true})
	var s media.Sound
	for d.levels().Raw.RMS == 0 {
		if err := steps.Next(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
	}
	if l := d.levels(); l.Speaker.RMS != 0 || l.Microphone.RMS > 1 {
		t.Errorf("levels %+v", l)
	}
	d.follow(session.Wanted{Microphone: true, Speaker: true, Tone: session.RingBack})
	for d.levels().Speaker.RMS == 0 {
		if err := steps.Next(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
	}
	if l := d.levels(); l.Remote.RMS != 0 {
		t.Errorf("our tone makes the other side %v loud", l.Remote.RMS)
	}
}

// The other side is as loud as it is, however far we have turned it down.
func TestStation_LevelOfTheOtherSide(t *testing.T) {
	r := start(t, "127.0.0.1:0", nil)
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Audio})
	r.await("our tone back", func(session.Snapshot) bool { l := r.Levels(); return l.Remote.RMS > 0.01 && l.Speaker.RMS > 0.01 })
	r.Post(session.SetVolume{Kind: media.Speaker, Level: 0})
	r.await("silence here alone", func(session.Snapshot) bool { l := r.Levels(); return l.Remote.RMS > 0.01 && l.Speaker.RMS < 0.001 })
	r.end()
	if l := r.Levels(); l.Remote.RMS != 0 {
		t.Errorf("after the call the other side is %v loud", l.Remote.RMS)
	}
}

func TestGauge_OldReadingsAreNotFresh(t *testing.T) {
	var g gauge
	if g.fresh(5) {
		t.Error("fresh although no microphone is open")
	}
	g.open.Store(true)
	if g.fresh(0) {
		t.Error("nothing is fresh")
	}
	for range 2 {
		if !g.fresh(6) {
			t.Error("a reading is old at once")
		}
	}
	g.at.Add(-1000)
	if g.fresh(6) {
		t.Error("a second old and fresh")
	}
}

func TestAmplitude(t *testing.T) {
	if amplitude(0) != 0 || amplitude(1) != 1 || math.Abs(20*math.Log10(amplitude(0.5))+18) > 0.1 {
		t.Errorf("0, 1 and a half are %v, %v and %v", amplitude(0), amplitude(1), amplitude(0.5))
	}
}

// The sound test records what others would hear, plays it, and gives way to a
// call.
func TestStation_SoundTest(t *testing.T) {
	r := start(t, "127.0.0.1:0", nil)
	test := func(what string, wish func(session.SoundTest) bool) {
		t.Helper()
		r.await(what, func(s session.Snapshot) bool { return s.Sound.Testing && wish(s.Sound.Test) })
	}
	doing := func(want session.Doing) func(session.SoundTest) bool {
		return func(s session.SoundTest) bool { return s.Doing == want }
	}
	echo := r.sees("echo")
	r.Post(session.TestSound{On: true})
	r.Post(session.RunTest{Doing: session.Recording})
	test("the tone, while it is recorded", func(s session.SoundTest) bool {
		return s.Doing == session.Recording && s.Recorded && s.Verdict == session.WellHeard
	})
	r.Post(session.RunTest{})
	test("rest", doing(session.NothingDone))
	r.Post(session.RunTest{Doing: session.Playing})
	test("playing", doing(session.Playing))
	test("the end of what was recorded", doing(session.NothingDone))
	r.Post(session.RunTest{Doing: session.Chiming})
	test("the chime", doing(session.Chiming))
	r.Post(session.Dial{To: echo, Kind: media.Audio})
	r.await("a call without a test", func(s session.Snapshot) bool {
		return !s.FirstFrame[media.Audio].IsZero() && !s.Sound.Testing && s.Sound.Test == (session.SoundTest{})
	})
	r.Post(session.Hangup{})
	r.await("the end", func(s session.Snapshot) bool { return s.Call.Phase == call.Idle })
	r.Post(session.TestSound{On: true})
	test("a new test, without what the last one recorded", func(s session.SoundTest) bool { return !s.Recorded })
}

// What the engine delivers where there is no microphone is not one that is silent.
func TestDesk_SoundTestWithoutAMicrophone(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	for name, microphone := range map[string]media.Choice{"off": media.Off, "no device": media.DefaultDevice} {
		t.Run(name, func(t *testing.T) {
			_, noCard := os.Stat("/dev/snd") // ALSA would have it
			if microphone == media.DefaultDevice && (runtime.GOOS != "linux" || noCard == nil) {
				t.Skip("this system's devices cannot be taken away")
			}
			d, _ := newDeskWith(t, microphone)
			steps := d.engine.Sound().Listen()
			defer steps.Close()
			d.follow(session.Wanted{Microphone: true, SoundTest: true, Test: session.TestOrder{Doing: session.Recording, Turn: 1}})
			var s media.Sound
			for d.testing().Verdict == session.NoVerdict {
				if err := steps.Next(t.Context(), &s); err != nil {
					t.Fatal(err)
				}
			}
			if got := d.testing(); got.Verdict != session.MicrophoneMissing {
				t.Errorf("%+v", got)
			}
		})
	}
}

// The words of the sound test are those of the session.
func TestSoundTest_SpeaksTheSessionsWords(t *testing.T) {
	for from, to := range map[soundtest.State]session.Doing{
		soundtest.Idle: session.NothingDone, soundtest.Recording: session.Recording, soundtest.Playing: session.Playing, soundtest.Chiming: session.Chiming,
	} {
		if session.Doing(from) != to {
			t.Errorf("%q is %q", from, to)
		}
	}
	for from, to := range map[soundtest.Verdict]session.Verdict{
		soundtest.Unknown: session.NoVerdict, soundtest.Missing: session.MicrophoneMissing, soundtest.Silent: session.MicrophoneSilent,
		soundtest.Quiet: session.NobodyHeard, soundtest.Good: session.WellHeard, soundtest.Loud: session.TooLoud,
	} {
		if session.Verdict(from) != to {
			t.Errorf("%q is %q", from, to)
		}
	}
}
