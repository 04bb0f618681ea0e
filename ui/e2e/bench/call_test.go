//go:build e2e

package bench

import (
	"context"
	"testing"
	"time"

	"parley/ui/e2e/lab"
)

const (
	runs    = 5
	warmUp  = 5 * time.Second // for the bit rate to settle
	measure = 10 * time.Second
)

// pair is two Parleys in a call, the first sending a picture and the second
// none.
type pair struct {
	sends, shows *lab.Parley
}

// inCall starts two Parleys of which one has this camera, and waits until the
// other shows its picture.
func inCall(ctx context.Context, b *testing.B, hub, camera string) pair {
	b.Helper()
	quiet := []string{"--microphone", "off", "--speaker", "off"}
	quiet = append(quiet, "--server", hub)
	shows := lab.Headless(b, append(quiet, "--name", "b", "--camera", "off", "--auto-answer")...)
	shows.Next(ctx, "ready", nil)
	sends := lab.Headless(b, append(quiet, "--name", "a", "--camera", camera)...)
	sends.Next(ctx, "ready", nil)
	sends.Sees(ctx, "b")
	sends.Do("call", "to", "b")
	shows.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	return pair{sends, shows}
}

// BenchmarkLatency measures from capture to decoded, read off the pictures.
func BenchmarkLatency(b *testing.B) {
	ctx := b.Context()
	hub := lab.NewHub(b, "127.0.0.1:0").URL
	var age, lost []float64
	for range runs {
		p := inCall(ctx, b, hub, "pattern")
		lab.Pass(ctx, warmUp)
		stats := p.shows.Ask(ctx, "stats")
		age, lost = append(age, stats.Number("pattern.ageMs")), append(lost, stats.Number("pattern.skipped"))
		p.sends.Quit(ctx)
		p.shows.Quit(ctx)
	}
	results.Add("720p30, capture to decoded, median of 150 frames", "ms", age...)
	results.Add("frames lost or dropped on the way in 5 s", "frames", lost...)
}

// BenchmarkMemory measures the resident memory of a Parley, at rest and in a
// call that sends and shows 720p30.
func BenchmarkMemory(b *testing.B) {
	ctx := b.Context()
	const mebibyte = 1 << 20
	var rest, call []float64
	for range runs {
		p := lab.Headless(b, "--name", "a", "--hub", "127.0.0.1:0", "--camera", "pattern", "--microphone", "tone", "--speaker", "off")
		p.Next(ctx, "ready", nil)
		rest = append(rest, p.Ask(ctx, "stats").Number("process.rss")/mebibyte)
		p.Do("call", "to", "echo")
		p.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
		lab.Pass(ctx, measure)
		call = append(call, p.Ask(ctx, "stats").Number("process.rss")/mebibyte)
		p.Quit(ctx)
	}
	results.Add("headless with its hub, at rest, resident", "MiB", rest...)
	results.Add("headless with its hub and Echo, in a 720p30 call, resident", "MiB", call...)
}

// BenchmarkWindow measures a window: how soon it can be clicked, and its memory.
func BenchmarkWindow(b *testing.B) {
	ctx := b.Context()
	const mebibyte = 1 << 20
	display := lab.NewDisplay(b, 1280, 900)
	var ready, rest, call, busy []float64
	for range runs {
		begin := time.Now()
		w := lab.NewWindow(b, display, "--name", "a", "--hub", "127.0.0.1:0", "--camera", "pattern", "--microphone", "tone", "--speaker", "off")
		w.Find(ctx, "invite")
		ready = append(ready, float64(time.Since(begin).Milliseconds()))
		rest = append(rest, w.Ask(ctx, "stats").Number("process.rss")/mebibyte)
		w.Do("call", "to", "echo")
		w.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
		lab.Pass(ctx, warmUp)
		before := lab.ProcessorTime(b, w.PID())
		lab.Pass(ctx, measure)
		busy = append(busy, (lab.ProcessorTime(b, w.PID())-before)/measure.Seconds()/10)
		call = append(call, w.Ask(ctx, "stats").Number("process.rss")/mebibyte)
		w.Quit(ctx)
	}
	results.Add("window, start until it can be clicked", "ms", ready...)
	results.Add("window, at rest, resident (software GL included)", "MiB", rest...)
	results.Add("window, in a 720p30 call with Echo, resident", "MiB", call...)
	results.Add("window, in that call, all of hub, Echo, codecs and software GL", "% of a core", busy...)
}

// BenchmarkStart measures how soon a Parley can be rung.
func BenchmarkStart(b *testing.B) {
	ctx := b.Context()
	var ready []float64
	for range 3 * runs {
		begin := time.Now()
		p := lab.Headless(b, "--name", "a", "--hub", "127.0.0.1:0", "--camera", "pattern", "--microphone", "tone", "--speaker", "off")
		p.Next(ctx, "ready", nil)
		ready = append(ready, float64(time.Since(begin).Microseconds())/1000)
		p.Quit(ctx)
	}
	results.Add("headless, start until it can be rung", "ms", ready...)
}
