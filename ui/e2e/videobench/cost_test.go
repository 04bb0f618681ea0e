//go:build e2e

package videobench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/media/clip"
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
	b.Helper()
	path := f.write(b)
	name := fmt.Sprintf("%dp30", f.size.Y)
	var ours, floor, paced, theirs, toFloor, toPaced, toTheirs, frames, theirFrames, memory, theirMemory []float64
	for range runs {
		own := headless(b, path)
		least, timely := limit(b, path, int(own.kilo)), pacedLimit(b, f, int(own.kilo))
		other := browserCost(b, f, int(own.kilo*1000))
		ours, floor, theirs = append(ours, own.total), append(floor, least), append(theirs, other.total)
		toFloor, toTheirs = append(toFloor, own.total/least), append(toTheirs, own.total/other.total)
		paced, toPaced = append(paced, timely), append(toPaced, own.total/timely)
		frames, theirFrames = append(frames, own.rate), append(theirFrames, other.rate)
		memory, theirMemory = append(memory, own.memory), append(theirMemory, other.memory)
	}
	results.Add(name+", both ends, Parley", "ms/frame", ours...)
	results.Add(name+", libvpx alone, encode and decode", "ms/frame", floor...)
	results.Add(name+", libvpx alone, given 30 frames a second", "ms/frame", paced...)
	results.Add(name+", both ends, Chromium", "ms/frame", theirs...)
	results.Add(name+", Parley / libvpx alone", "ratio", toFloor...)
	results.Add(name+", Parley / libvpx alone, given 30 frames a second", "ratio", toPaced...)
	results.Add(name+", Parley / Chromium", "ratio", toTheirs...)
	results.Add(name+", frames shown, Parley", "1/s", frames...)
	results.Add(name+", frames shown, Chromium", "1/s", theirFrames...)
	results.Add(name+", proportional set size, two Parleys", "MiB", memory...)
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
		memory: lab.ProportionalMemory(b, sends.PID(), shows.PID()) / (1 << 20),
	}
	sends.Quit(ctx)
	shows.Quit(ctx)
	return c
}

// limit measures libvpx's own programs on the clip: encoding it with the settings
// of a call, and decoding it again without showing it, in milliseconds a frame.
// Both are given the frames as fast as they take them, which favours them: a codec
// that works every 33 ms finds its caches cold.
func limit(b *testing.B, clip string, kilobits int) float64 {
	b.Helper()
	out := filepath.Join(b.TempDir(), "limit.ivf")
	encode := processorTime(b, nil, "vpxenc", append(encoding(kilobits, out), clip)...) / clipFrames
	return encode + processorTime(b, nil, "vpxdec", "--noblit", "--threads=1", out)/clipFrames
}

// pacedLimit is the same when both are given frames, or packets, at the rate of a
// call, by a pipe.
func pacedLimit(b *testing.B, f *footage, kilobits int) float64 {
	b.Helper()
	out := filepath.Join(b.TempDir(), "limit.ivf")
	encode := processorTime(b, f.pour, "vpxenc", append(encoding(kilobits, out), "-")...) / clipFrames
	packets, err := os.ReadFile(out)
	if err != nil {
		b.Fatal(err)
	}
	drip := func(ctx context.Context, to io.Writer) error { return trickle(ctx, to, packets) }
	return encode + processorTime(b, drip, "vpxdec", "--noblit", "--threads=1", "-")/clipFrames
}

func encoding(kilobits int, out string) []string {
	return []string{
		"--codec=vp8", "--ivf", "--rt", "--cpu-used=-6", "--end-usage=cbr", "--lag-in-frames=0",
		"--static-thresh=1", "--threads=1", "--min-q=2", "--max-q=56", "--undershoot-pct=100", "--overshoot-pct=15",
		"--buf-initial-sz=500", "--buf-optimal-sz=600", "--buf-sz=1000", "--kf-max-dist=3000",
		fmt.Sprintf("--target-bitrate=%d", kilobits), "-o", out,
	}
}

// pour writes the clip as Y4M, thirty frames a second.
func (f *footage) pour(ctx context.Context, to io.Writer) error {
	out, err := clip.NewY4MWriter(to, clip.Y4M{Width: f.size.X, Height: f.size.Y, Interval: time.Second / frameRate})
	if err != nil {
		return err
	}
	ticker := time.NewTicker(time.Second / frameRate)
	defer ticker.Stop()
	for _, frame := range f.frames {
		if err := errors.Join(out.Write(frame.Image), out.Flush()); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// The headers of IVF, in bytes: of the file, and of each packet, which begins with
// its length.
const ivfFile, ivfPacket = 32, 12

// trickle writes an IVF file, thirty packets a second.
func trickle(ctx context.Context, to io.Writer, file []byte) error {
	ticker := time.NewTicker(time.Second / frameRate)
	defer ticker.Stop()
	for at, next := 0, ivfFile; at < len(file); at, next = next, next+ivfPacket+length(file, next) {
		if _, err := to.Write(file[at:min(next, len(file))]); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func length(file []byte, at int) int {
	if at+4 > len(file) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(file[at:]))
}

// processorTime runs a program, feeds it what there is to feed, and returns the
// milliseconds that it used.
func processorTime(b *testing.B, feed func(context.Context, io.Writer) error, name string, args ...string) float64 {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	if feed != nil {
		read, write := io.Pipe()
		cmd.Stdin = read
		go func() { _ = write.CloseWithError(feed(b.Context(), write)) }()
	}
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
