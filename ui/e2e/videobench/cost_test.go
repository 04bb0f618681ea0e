//go:build e2e

package videobench

import (
	"context"
	"fmt"
	"image"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/ui/e2e/lab"
)

const (
	runs    = 3
	warmUp  = 6 * time.Second // for the bit rate to settle
	measure = 10 * time.Second
)

// cost is the processor time of a call of pictures one way.
type cost struct {
	total  float64 // ms a frame, of all processes
	rate   float64 // frames a second
	kilo   float64 // kbit/s
	memory float64 // MiB, of all processes
}

// BenchmarkCost measures the processor time per frame of both ends together,
// beside libvpx alone on the same frames, and beside all of Chromium.
func BenchmarkCost(b *testing.B) {
	for _, size := range []image.Point{nHD(), hd(), fullHD()} {
		b.Run(fmt.Sprintf("%dp", size.Y), func(b *testing.B) { costOf(b, shoot(size)) })
	}
}

func costOf(b *testing.B, f *footage) {
	clip := f.write(b)
	name := fmt.Sprintf("%dp30", f.size.Y)
	var ours, floor, theirs, toFloor, toTheirs, frames, memory, theirMemory []float64
	for range runs {
		own := headless(b, clip)
		least := limit(b, clip, int(own.kilo))
		other := browserCost(b, f, int(own.kilo*1000))
		ours, floor, theirs = append(ours, own.total), append(floor, least), append(theirs, other.total)
		toFloor, toTheirs = append(toFloor, own.total/least), append(toTheirs, own.total/other.total)
		frames = append(frames, own.rate)
		memory, theirMemory = append(memory, own.memory), append(theirMemory, other.memory)
	}
	results.Add(name+", both ends, Parley", "ms/frame", ours...)
	results.Add(name+", libvpx alone, encode and decode", "ms/frame", floor...)
	results.Add(name+", both ends, Chromium", "ms/frame", theirs...)
	results.Add(name+", Parley / libvpx alone", "ratio", toFloor...)
	results.Add(name+", Parley / Chromium", "ratio", toTheirs...)
	results.Add(name+", frames shown, Parley", "1/s", frames...)
	results.Add(name+", resident, two Parleys", "MiB", memory...)
	results.Add(name+", proportional set size, Chromium", "MiB", theirMemory...)
}

// headless measures two Parleys in a call, the first sending the clip.
func headless(b *testing.B, clip string) cost {
	b.Helper()
	ctx := b.Context()
	hub := lab.NewHub(b, "127.0.0.1:0").URL
	quiet := []string{"--microphone", "off", "--speaker", "off", "--server", hub}
	shows := lab.Headless(b, append(quiet, "--name", "b", "--camera", "off", "--auto-answer")...)
	shows.Next(ctx, "ready", nil)
	sends := lab.Headless(b, append(quiet, "--name", "a", "--camera", "file:"+clip)...)
	sends.Next(ctx, "ready", nil)
	sends.Sees(ctx, "b")
	sends.Do("call", "to", "b")
	shows.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	pass(ctx, warmUp)
	both := func() float64 { return lab.ProcessorTime(b, sends.PID()) + lab.ProcessorTime(b, shows.PID()) }
	decoded := func() float64 { return shows.Ask(ctx, "stats").Number("inbound.video.framesDecoded") }
	frames, used := decoded(), both()
	pass(ctx, measure)
	used, frames = both()-used, decoded()-frames
	s := sends.Ask(ctx, "stats")
	c := cost{
		total: used / frames, rate: frames / measure.Seconds(), kilo: s.Number("outbound.video.targetBitrate") / 1000,
		memory: (s.Number("process.rss") + shows.Ask(ctx, "stats").Number("process.rss")) / (1 << 20),
	}
	sends.Quit(ctx)
	shows.Quit(ctx)
	return c
}

// limit measures libvpx's own programs on the clip: encoding it with the settings
// of a call, and decoding it again without showing it, in milliseconds a frame.
// Both are given the frames as fast as they take them, which favours them.
func limit(b *testing.B, clip string, kilobits int) float64 {
	b.Helper()
	out := filepath.Join(b.TempDir(), "limit.ivf")
	encode := processorTime(b, "vpxenc", "--codec=vp8", "--ivf", "--rt", "--cpu-used=-6", "--end-usage=cbr", "--lag-in-frames=0",
		"--static-thresh=1", "--threads=1", "--min-q=2", "--max-q=56", "--undershoot-pct=100", "--overshoot-pct=15",
		"--buf-initial-sz=500", "--buf-optimal-sz=600", "--buf-sz=1000", "--kf-max-dist=3000",
		fmt.Sprintf("--target-bitrate=%d", kilobits), "-o", out, clip) / clipFrames
	return encode + processorTime(b, "vpxdec", "--noblit", "--threads=1", out)/clipFrames
}

// processorTime runs a program and returns the milliseconds that it used.
func processorTime(b *testing.B, name string, args ...string) float64 {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return used.Seconds() * 1000
}

// browserCost measures Chromium, all of its processes: a page that sends the clip
// to itself, and shows it in a small element.
func browserCost(b *testing.B, f *footage, bitrate int) cost {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	p := openPage(b, f)
	defer func() { _ = p.browser.Close() }()
	p.join(ctx, b, f, lab.NewPath(b), bitrate, false)
	pass(ctx, warmUp)
	root := p.browser.PID()
	frames, used := get[float64](ctx, b, p, "decoded()"), lab.ProcessorTime(b, lab.Tree(b, root)...)
	pass(ctx, measure)
	used, frames = lab.ProcessorTime(b, lab.Tree(b, root)...)-used, get[float64](ctx, b, p, "decoded()")-frames
	return cost{total: used / frames, rate: frames / measure.Seconds(), memory: lab.ProportionalMemory(b, lab.Tree(b, root)...) / (1 << 20)}
}
