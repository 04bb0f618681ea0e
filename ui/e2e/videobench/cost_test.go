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

// cost is the processor time of a call of pictures one way, and what was sent for it.
type cost struct {
	total  float64 // ms a frame that was shown, of all processes
	rate   float64 // frames shown a second
	sent   float64 // frames sent a second
	width  float64 // of the pictures sent, in pixels
	kilo   float64 // kbit/s
	memory float64 // MiB, of all processes
}

// perPixel is the processor time in relation to what a clip of a width holds, for
// who sends less of it.
func (c cost) perPixel(width int) float64 {
	share := c.width / float64(width)
	return c.total / (share * share)
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
	var all struct{ ours, floor, paced, theirs, toFloor, toPaced, toTheirs, perPixel []float64 }
	var own, other []cost
	for range runs {
		o := headless(b, path)
		least, timely := limit(b, path, int(o.kilo)), pacedLimit(b, f, int(o.kilo))
		t := browserCost(b, f, int(o.kilo*1000))
		own, other = append(own, o), append(other, t)
		all.ours, all.floor, all.theirs = append(all.ours, o.total), append(all.floor, least), append(all.theirs, t.total)
		all.toFloor, all.toTheirs = append(all.toFloor, o.total/least), append(all.toTheirs, o.total/t.total)
		all.paced, all.toPaced = append(all.paced, timely), append(all.toPaced, o.total/timely)
		all.perPixel = append(all.perPixel, o.perPixel(f.size.X)/t.perPixel(f.size.X))
	}
	results.Add(name+", both ends, Parley", "ms/frame", all.ours...)
	results.Add(name+", libvpx alone, encode and decode", "ms/frame", all.floor...)
	results.Add(name+", libvpx alone, given 30 frames a second", "ms/frame", all.paced...)
	results.Add(name+", both ends, Chromium", "ms/frame", all.theirs...)
	results.Add(name+", Parley / libvpx alone", "ratio", all.toFloor...)
	results.Add(name+", Parley / libvpx alone, given 30 frames a second", "ratio", all.toPaced...)
	results.Add(name+", Parley / Chromium", "ratio", all.toTheirs...)
	results.Add(name+", Parley / Chromium, per pixel sent", "ratio", all.perPixel...)
	carriedBy(name, "Parley", own)
	carriedBy(name, "Chromium", other)
}

// carriedBy tells what one of the two sent and showed for its processor time.
func carriedBy(name, who string, runs []cost) {
	for _, row := range []struct {
		what, unit string
		of         func(cost) float64
	}{
		{"width sent", "pixels", func(c cost) float64 { return c.width }},
		{"frames sent", "1/s", func(c cost) float64 { return c.sent }},
		{"frames shown", "1/s", func(c cost) float64 { return c.rate }},
		{"bit rate", "kbit/s", func(c cost) float64 { return c.kilo }},
		{"proportional set size", "MiB", func(c cost) float64 { return c.memory }},
	} {
		var values []float64
		for _, c := range runs {
			values = append(values, row.of(c))
		}
		results.Add(fmt.Sprintf("%s, %s, %s", name, row.what, who), row.unit, values...)
	}
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
	lab.Pass(ctx, warmUp)
	both := func() float64 { return lab.ProcessorTime(b, sends.PID()) + lab.ProcessorTime(b, shows.PID()) }
	decoded := func() float64 { return shows.Ask(ctx, "stats").Number("inbound.video.framesDecoded") }
	encoded := sends.Ask(ctx, "stats").Number("outbound.video.framesEncoded")
	frames, used := decoded(), both()
	lab.Pass(ctx, measure)
	used, frames = both()-used, decoded()-frames
	s := sends.Ask(ctx, "stats")
	c := cost{
		total: used / frames, rate: frames / measure.Seconds(), kilo: s.Number("outbound.video.targetBitrate") / 1000,
		sent: (s.Number("outbound.video.framesEncoded") - encoded) / measure.Seconds(), width: s.Number("outbound.video.frameWidth"),
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
// to itself, and shows it in a small element. It is held to the clip's size, for
// left alone it sends fewer pixels where it has little time or few bits, which
// Parley does as well: the rows of the widths tell.
func browserCost(b *testing.B, f *footage, bitrate int) cost {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	p := openPage(b, f)
	defer func() { _ = p.browser.Close() }()
	p.join(ctx, b, f, lab.NewPath(b), bitrate, false)
	get[bool](ctx, b, p, "whole()")
	lab.Pass(ctx, warmUp)
	root := p.browser.PID()
	before, used := get[carried](ctx, b, p, "carried()"), lab.ProcessorTime(b, lab.Tree(b, root)...)
	lab.Pass(ctx, measure)
	used, after := lab.ProcessorTime(b, lab.Tree(b, root)...)-used, get[carried](ctx, b, p, "carried()")
	shown := after.Shown.Frames - before.Shown.Frames
	return cost{
		total: used / shown, rate: shown / measure.Seconds(), sent: (after.Sent.Frames - before.Sent.Frames) / measure.Seconds(),
		width: after.Sent.Width, kilo: (after.Bytes - before.Bytes) * 8 / measure.Seconds() / 1000,
		memory: lab.ProportionalMemory(b, lab.Tree(b, root)...) / (1 << 20),
	}
}

// carried is what the page says of its stream.
type carried struct {
	Sent, Shown struct{ Width, Frames float64 }
	Bytes       float64 // sent
}
