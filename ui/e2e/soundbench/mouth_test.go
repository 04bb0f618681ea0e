//go:build e2e

package soundbench

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gen2brain/malgo"

	"parley/media"
	"parley/media/audio"
	"parley/media/quality"
	"parley/media/voice"
	"parley/ui/e2e/bench/table"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

const (
	settled = 10 * time.Second // of sound, before delays are measured
	talked  = 30 * time.Second
)

// BenchmarkMouthToEar measures from when something is said at one desk to when it
// is heard at another, on one clock, once for every second of speech; and, to
// tell where the time goes, the same way with less and less of Parley in it.
func BenchmarkMouthToEar(b *testing.B) {
	parleys := func(args ...string) func(*testing.B, *lab.Desks) {
		return func(b *testing.B, d *lab.Desks) { b.Helper(); call(b.Context(), b, d, d, args...) }
	}
	engine := func(s voice.Settings) func(*testing.B, *lab.Desks) {
		return func(b *testing.B, d *lab.Desks) { b.Helper(); loopEngine(b, d, s) }
	}
	for _, way := range []struct {
		name, what string
		open       func(b *testing.B, d *lab.Desks)
	}{
		{"Parley", "two Parleys in a call", parleys()},
		{"Bare", "the same, voices left as they are", parleys("--process", "none")},
		{"Engine", "engine alone, all stages on", engine(voice.Everything)},
		{"EngineBare", "engine alone, voices left as they are", engine(voice.Settings{})},
		{"Devices", "devices alone: copied from one to the other", loopDevices},
		{"Chromium", "Chromium to itself", loopChromium},
	} {
		b.Run(way.name, func(b *testing.B) {
			d := lab.NewDesks(b, 0, "a", "b")
			way.open(b, d)
			results.Add("mouth to ear, "+way.what, "ms", mouthToEar(b, d)...)
		})
	}
}

// mouthToEar speaks at desk a and listens at desk b.
func mouthToEar(b *testing.B, d *lab.Desks) []float64 {
	b.Helper()
	r := record(b, d, 2)
	say(b, d, "a", speech(b, woman, settled+talked))
	lab.Pass(b.Context(), time.Second)
	r.end(b)
	found := delays(b, r.voice(0), r.speaker(1))
	if len(found) == 0 {
		b.Fatal("what is said is not heard")
	}
	b.Logf("median %.1f ms, from %.1f to %.1f, of %d", table.Median(found), slices.Min(found), slices.Max(found), len(found))
	return found
}

// delays returns how much later than said each second of it was heard, in
// milliseconds, where something was said and could be recognised.
func delays(b *testing.B, said, heard []float64) []float64 {
	b.Helper()
	const (
		second     = media.SampleRate
		most       = second // looked for
		faint      = 1e-4   // a pause
		recognised = 0.5
	)
	var out []float64
	from := int(settled.Seconds()) * second
	for at := from; at+second+most <= min(len(said), len(heard)); at += second {
		part := said[at : at+second]
		if quality.Power(part) < faint {
			continue
		}
		late, likeness, err := quality.Delay(part, heard[at:at+second+most], 0, most)
		if err != nil {
			b.Fatal(err)
		}
		if likeness > recognised {
			out = append(out, 1000*float64(late)/media.SampleRate)
		}
	}
	return out
}

// useDesks lets the sound engines of this process use desks.
func useDesks(b *testing.B, d *lab.Desks) {
	b.Helper()
	for _, e := range d.Env() {
		if name, value, _ := strings.Cut(e, "="); strings.HasPrefix(name, "PULSE_") || name == "XDG_RUNTIME_DIR" {
			b.Setenv(name, value) // the last of a name counts
		}
	}
}

// choice chooses a device by its name.
func choice(b *testing.B, kind media.DeviceKind, name string) media.Choice {
	b.Helper()
	c, err := media.ParseChoice(kind, name)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// loopEngine plays at desk b what it hears at desk a.
func loopEngine(b *testing.B, d *lab.Desks, settings voice.Settings) {
	b.Helper()
	useDesks(b, d)
	o := audio.Options{
		Microphone: choice(b, media.Microphone, "a-microphone"), Speaker: choice(b, media.Speaker, "b-speaker"),
	}
	if settings != (voice.Settings{}) {
		o.Voice = options(settings, cancellers(b), suppressors(b))
	}
	engine := audio.Open(o)
	b.Cleanup(func() {
		if err := engine.Close(); err != nil {
			b.Error(err)
		}
	})
	returned := newReturned(engine.Sound())
	remove := engine.Add(returned)
	b.Cleanup(remove)
	engine.Use(true, true)
	b.Cleanup(func() {
		r := engine.Reading()
		b.Logf("engine: output delay %v, waiting %v, starved %d, lost %d, ahead %d, skipped %d", r.OutputDelay, r.Waiting, r.Starved, r.Lost, r.Ahead, r.Skipped)
	})
}

// returned plays what a feed brings, a step at a time, and no more than two late.
type returned struct {
	steps chan media.Sound
}

func newReturned(feed *media.SoundFeed) *returned {
	r := &returned{make(chan media.Sound, 2)}
	l := feed.Listen()
	go func() {
		var s media.Sound
		for l.Next(context.Background(), &s) == nil {
			select {
			case r.steps <- s:
			default: // the newest are lost, as the player is late
			}
		}
	}()
	return r
}

// Play implements media.Player.
func (r *returned) Play(out *[media.StepSamples]int16) {
	select {
	case s := <-r.steps:
		*out = s.Samples
	default:
	}
}

// loopDevices copies from the microphone of desk a to the speaker of desk b as
// soon as it is captured.
func loopDevices(b *testing.B, d *lab.Desks) {
	b.Helper()
	useDesks(b, d)
	var mu sync.Mutex
	var ready []int16
	starved := 0
	openDevices(b,
		endpoint{malgo.Playback, "b-speaker", 1, func(frames []int16) {
			mu.Lock()
			defer mu.Unlock()
			n := copy(frames, ready)
			clear(frames[n:])
			if ready = append(ready[:0], ready[n:]...); n < len(frames) {
				starved++
			}
		}},
		endpoint{malgo.Capture, "a-microphone", 1, func(frames []int16) {
			mu.Lock()
			defer mu.Unlock()
			ready = append(ready[max(0, len(ready)-media.StepSamples):], frames...)
		}})
	b.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		b.Logf("devices: starved %d", starved)
	})
}

// loopPage lets a page call itself.
const loopPage = `<!doctype html><title>loop</title><script>
async function loop() {
	const microphone = await navigator.mediaDevices.getUserMedia({audio: true});
	const a = new RTCPeerConnection(), b = new RTCPeerConnection();
	a.onicecandidate = e => b.addIceCandidate(e.candidate);
	b.onicecandidate = e => a.addIceCandidate(e.candidate);
	const playing = new Promise(done => b.ontrack = e => {
		const audio = new Audio();
		audio.srcObject = new MediaStream([e.track]);
		audio.play().then(done);
		window.playing = audio;
	});
	for (const t of microphone.getTracks()) a.addTrack(t, microphone);
	await a.setLocalDescription();
	await b.setRemoteDescription(a.localDescription);
	await b.setLocalDescription();
	await a.setRemoteDescription(b.localDescription);
	await playing;
	window.connections = [a, b];
	return true;
}
</script>`

// loopChromium lets Chromium call itself, from the microphone of desk a to the
// speaker of desk b.
func loopChromium(b *testing.B, d *lab.Desks) {
	b.Helper()
	for _, args := range [][]string{{"set-default-source", "a-microphone"}, {"set-default-sink", "b-speaker"}} {
		if out, err := d.Command("pactl", args...).CombinedOutput(); err != nil {
			b.Fatalf("pactl: %v: %s", err, out)
		}
	}
	page, _ := openPage(b, browser.Options{Env: d.Env(), Audible: true, Devices: true}, loopPage)
	if _, err := page.Eval(b.Context(), "loop()"); err != nil {
		b.Fatal(err)
	}
}
