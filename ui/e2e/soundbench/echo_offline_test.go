//go:build e2e

package soundbench

import (
	"fmt"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
	"parley/media/voice"
)

// How long the far end talks in the rows of echo, and when something happens.
const (
	echoLength = 24 * time.Second
	echoJump   = 10 * time.Second
)

// echoRow is one way of an echo, and the seconds of it that are measured.
type echoRow struct {
	name     string
	way      room.Way
	from, to float64
}

// echoRows are the ways: the loudspeaker's echo is 10 dB weaker than what is played
// and the microphone has noise of its own.
func echoRows() []echoRow {
	way := func(change func(w *room.Way)) room.Way {
		w := room.Way{Delay: 120 * time.Millisecond, Gain: -10, Impulse: room.Office().Impulse(), Floor: -70}
		change(&w)
		return w
	}
	lively := room.Office()
	lively.T60 = 0.4
	jump := way(func(w *room.Way) { w.Jump, w.JumpAt = 40*time.Millisecond, echoJump })
	return []echoRow{
		{"base", way(func(*room.Way) {}), 5, 24},
		{"livelier room, T60 0.4 s", way(func(w *room.Way) { w.Impulse = lively.Impulse() }), 5, 24},
		{"delay 10 ms", way(func(w *room.Way) { w.Delay = 10 * time.Millisecond }), 5, 24},
		{"delay 250 ms", way(func(w *room.Way) { w.Delay = 250 * time.Millisecond }), 5, 24},
		{"delay 400 ms", way(func(w *room.Way) { w.Delay = 400 * time.Millisecond }), 5, 24},
		{"1 to 3 s after the delay jumped by 40 ms", jump, 11, 13},
		{"5 s after the delay jumped by 40 ms", jump, 15, 24},
		{"drift 50 ppm", way(func(w *room.Way) { w.Drift = 50 }), 5, 24},
		{"drift 100 ppm", way(func(w *room.Way) { w.Drift = 100 }), 5, 24},
		{"drift -100 ppm", way(func(w *room.Way) { w.Drift = -100 }), 5, 24},
		{"saturating loudspeaker", way(func(w *room.Way) { w.Saturate = 0.25 }), 5, 24},
		{"clipping loudspeaker", way(func(w *room.Way) { w.Clip = 0.3 }), 5, 24},
	}
}

// echoVariants are the cancellers alone, and the whole chain over each.
func echoVariants(b *testing.B, settings voice.Settings) []variant {
	b.Helper()
	cancel, suppress := cancellers(b), suppressors(b)[:1]
	var out []variant
	for _, c := range cancel {
		out = append(out, variant{c.name, func(b *testing.B) processor {
			b.Helper()
			canceller, err := c.make()
			if err != nil {
				b.Fatal(err)
			}
			return &alone{canceller: canceller}
		}})
	}
	for _, c := range cancel {
		out = append(out, variant{"chain with " + c.name, func(b *testing.B) processor {
			b.Helper()
			return newWhole(b, options(settings, []part[voice.Canceller]{c}, suppress))
		}})
	}
	return out
}

// BenchmarkEchoOffline measures the echo return loss enhancement of cancellers, and
// of the whole chain, in rooms that are computed.
func BenchmarkEchoOffline(b *testing.B) {
	fars := [][]float64{spoken(b, man, echoLength), spoken(b, woman, echoLength), room.Take(room.NewTalker(1, 0), echoLength.Seconds())}
	for _, v := range echoVariants(b, voice.Everything) {
		for _, r := range echoRows() {
			var loss []float64
			for _, far := range fars {
				loss = append(loss, echoLoss(b, v, r, far))
			}
			results.Add(label("Echo offline", r.name, v.name), "dB ERLE", loss...)
		}
		row := echoRows()[0]
		fan := room.Take(room.NewFan(1), echoLength.Seconds())
		results.Add(label("Echo offline", "base, a fan is played", v.name), "dB ERLE", echoLoss(b, v, row, amplified(fan, -10)))
		var left []float64
		for _, far := range fars {
			left = append(left, echoLeft(b, v, row, far, fan))
		}
		results.Add(label("Echo offline", "base, a fan 20 dB below the echo", v.name), "dB less echo", left...)
	}
}

// echoLeft is how much weaker the echo is in what is sent, in dB, while a noise is
// heard with it 20 dB below: what is sent is noise, so its power tells nothing.
func echoLeft(b *testing.B, v variant, r echoRow, far, noise []float64) float64 {
	b.Helper()
	echo := room.NewPath(r.way).Through(far)
	mic, err := room.Mix(echo, noise, 20)
	if err != nil {
		b.Fatal(err)
	}
	kept, err := quality.Kept(span(echo, r.from, r.to), span(run(b, v, mic, far), r.from, r.to), media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	return -kept
}

func echoLoss(b *testing.B, v variant, r echoRow, far []float64) float64 {
	b.Helper()
	mic := room.NewPath(r.way).Through(far)
	return quality.ReturnLoss(span(mic, r.from, r.to), span(run(b, v, mic, far), r.from, r.to))
}

// BenchmarkDoubleTalkOffline measures what is lost of a near talker while the far
// end talks too, in the last half of the time. The automatic gain is off: it would
// make good what was lost.
func BenchmarkDoubleTalkOffline(b *testing.B) {
	settings := voice.Settings{HighPass: true, Echo: true, Noise: true}
	her, him := spoken(b, woman, echoLength), spoken(b, man, echoLength)
	for _, v := range echoVariants(b, settings) {
		for _, level := range []float64{0, 6, 12} {
			lost := []float64{talkerLost(b, v, her, him, level), talkerLost(b, v, him, her, level)}
			results.Add(label("Double talk offline", fmt.Sprintf("talker %.0f dB above the echo", level), v.name), "dB lost", lost...)
		}
		silence := make([]float64, len(her))
		lost := []float64{talkerLost(b, v, her, silence, 6), talkerLost(b, v, him, silence, 6)}
		results.Add(label("Double talk offline", "the talker alone", v.name), "dB lost", lost...)
	}
}

// talkerLost is what is lost, in dB, of a talker that is so many dB above the echo.
func talkerLost(b *testing.B, v variant, near, far []float64, level float64) float64 {
	b.Helper()
	row := echoRows()[0]
	talker := amplified(near, row.way.Gain+level)
	half := len(talker) / 2
	clear(talker[:half])
	out := run(b, v, sum(talker, room.NewPath(row.way).Through(far)), far)
	kept, err := quality.Kept(talker[half:], out[half:], media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	return -kept
}
