//go:build e2e

package videobench

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parley/media"
	"parley/media/pattern"
	"parley/ui/e2e/lab"
)

// settling and watching are how long a picture is let come to rest, and looked at.
const (
	settling = 4 * time.Second
	watching = 6 * time.Second
)

// shown is what reached a screen.
type shown struct {
	delay, slowest float64 // ms, median and 95th percentile
	frames         float64 // per second
	thread, total  float64 // ms a frame: the window's main thread, all of its process
	allocations    float64 // a frame, in all of the process
}

// BenchmarkShown measures from capture to what a screen shows: the colour bars of
// one computer in the window of another, at their own size, beside Chromium on the
// same display. It also measures what showing costs the thread of the window.
func BenchmarkShown(b *testing.B) {
	var ours, theirs, known []shown
	for range runs {
		display := lab.NewDisplay(b, 1600, 1000)
		ours = append(ours, windowShows(b, display))
		camera, page := chromiumShows(b, display)
		theirs, known = append(theirs, camera), append(known, page)
	}
	add := func(what, unit string, of []shown, value func(shown) float64) {
		var values []float64
		for _, s := range of {
			values = append(values, value(s))
		}
		results.Add(what, unit, values...)
	}
	for name, of := range map[string][]shown{"Parley": ours, "Chromium": theirs, "Chromium, from when its page has the picture": known} {
		add("720p30, capture to shown, median, "+name, "ms", of, func(s shown) float64 { return s.delay })
		add("720p30, capture to shown, 95 %, "+name, "ms", of, func(s shown) float64 { return s.slowest })
		add("720p30, frames on the screen, "+name, "1/s", of, func(s shown) float64 { return s.frames })
	}
	add("720p30, the window's thread, Fyne and GL included, the rasteriser's threads not", "ms/frame", ours, func(s shown) float64 { return s.thread })
	add("720p30, the window's process, software GL included", "ms/frame", ours, func(s shown) float64 { return s.total })
	add("720p30, the window's process, all of Go", "allocations/frame", ours, func(s shown) float64 { return s.allocations })
}

// windowShows calls a window from a Parley that sends the bars.
func windowShows(b *testing.B, d *lab.Display) shown {
	b.Helper()
	ctx := b.Context()
	hub := lab.NewHub(b, "127.0.0.1:0").URL
	quiet := []string{"--microphone", "off", "--speaker", "off", "--server", hub}
	w := lab.NewWindow(b, d, append(quiet, "--name", "b", "--camera", "off", "--auto-answer")...)
	w.Next(ctx, "ready", nil)
	size := hd()
	w.Resize(size.X, size.Y)
	sends := lab.Headless(b, append(quiet, "--name", "a", "--camera", "pattern")...)
	sends.Next(ctx, "ready", nil)
	sends.Sees(ctx, "b")
	sends.Do("call", "to", "b")
	w.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	lab.Pass(ctx, settling)
	area := w.OnScreen(w.Find(ctx, "remote"))
	if area.Size() != size {
		b.Fatalf("the picture is shown at %v", area)
	}
	g := look(b, d, area)
	allocated := func() float64 { return w.Ask(ctx, "stats").Number("process.allocations") }
	before, thread, total := allocated(), lab.MainThreadTime(b, w.PID()), lab.ProcessorTime(b, w.PID())
	watch, cancel := context.WithTimeout(ctx, watching)
	defer cancel()
	var delays []float64
	g.watch(watch, b, func(c pattern.Code, at time.Time) {
		delays = append(delays, c.Age(at).Seconds()*1000)
	})
	s := summary(b, delays)
	count := float64(len(delays))
	s.thread = (lab.MainThreadTime(b, w.PID()) - thread) / count
	s.total = (lab.ProcessorTime(b, w.PID()) - total) / count
	s.allocations = (allocated() - before) / count
	sends.Quit(ctx)
	w.Quit(ctx)
	return s
}

// bars is the clip that a Chromium sends: the same pictures, numbered, 150 of them.
func bars() *footage {
	var pool media.Pool
	size := hd()
	painter := pattern.NewBars(size.X, size.Y)
	f := &footage{size: size}
	for n := range uint64(clipFrames) {
		frame := pool.Get(size.X, size.Y)
		frame.Number, frame.Captured = n, time.UnixMilli(0)
		painter.Paint(frame)
		f.frames = append(f.frames, frame)
	}
	return f
}

// border surrounds the picture in the page, so that it is found on the screen.
const border = 16

// chromiumShows lets a page of Chromium, in a window of its own, send the bars to
// itself, without a debugger. The moment of capture is when its camera, which reads
// the bars from a file, had them: ours is when the pattern begins to draw them. The
// page itself gets the frame later, which favoured Chromium when that was taken.
func chromiumShows(b *testing.B, d *lab.Display) (fromCamera, fromPage shown) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	zero, err := clockZero()
	if err != nil {
		b.Fatal(err)
	}
	f, said := bars(), &captures{begun: make(chan struct{}), zero: zero}
	web := httptest.NewServer(said)
	defer web.Close()
	cmd := exec.Command("/usr/bin/chromium", append(plain(b.TempDir()), "--use-file-for-fake-video-capture="+f.write(b),
		fmt.Sprintf("%s/#%d,%d,%d", web.URL, f.size.X, f.size.Y, border))...)
	cmd.Env = d.Env()
	browser := lab.Start(b, cmd)
	defer browser.Stop()
	select {
	case <-said.begun:
	case <-ctx.Done():
		b.Fatal("Chromium's page shows nothing")
	}
	lab.Pass(ctx, settling)
	g := look(b, d, image.Rectangle{Max: f.size}.Add(found(b, d.Shot())))
	var seen []sighting
	watch, stop := context.WithTimeout(ctx, watching)
	defer stop()
	g.watch(watch, b, func(c pattern.Code, at time.Time) {
		seen = append(seen, sighting{float64(c.Number), float64(at.UnixMicro()) / 1000})
	})
	lab.Pass(ctx, telling)
	return summary(b, said.ages(seen, byCamera)), summary(b, said.ages(seen, byPage))
}

// plain are the flags of a Chromium that is shown, with the clip as its camera, and
// that speaks to nobody else.
func plain(profile string) []string {
	return []string{
		"--user-data-dir=" + profile, "--no-first-run", "--no-sandbox", "--disable-gpu", "--mute-audio", "--lang=en-US",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
		"--disable-extensions", "--metrics-recording-only", "--safebrowsing-disable-auto-update",
		"--disable-features=Translate,WebRtcHideLocalIpsWithMdns", "--autoplay-policy=no-user-gesture-required",
		"--window-position=0,0", "--window-size=1500,950", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=30",
	}
}

// telling is longer than the page takes to tell what it captured.
const telling = time.Second

// sighting is the number of a picture, and when it was seen, in ms since 1970.
type sighting struct{ number, at float64 }

// capture is the number of a picture, and when it was there: for the page, in ms
// since 1970, and for the camera, in ms of the system's clock that never jumps, which
// is what Chromium stamps the frames of a camera with.
type capture [3]float64

// The columns of a capture.
const (
	byPage = iota + 1
	byCamera
)

// clockZero is when the system's clock that never jumps was at zero, in ms since 1970.
func clockZero() (float64, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0, fmt.Errorf("videobench: read the system's clock: %w", err)
	}
	return float64(time.Now().UnixMicro())/1000 - float64(now.Nano())/1e6, nil
}

// captures serves the page, and takes what it says.
type captures struct {
	begun chan struct{}
	zero  float64 // clockZero
	mu    sync.Mutex
	all   []capture
}

// ServeHTTP implements http.Handler.
func (c *captures) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page)
		return
	}
	var more []capture
	if err := json.NewDecoder(r.Body).Decode(&more); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) == 0 && len(more) > 0 {
		close(c.begun)
	}
	for _, m := range more {
		m[byCamera] += c.zero
		c.all = append(c.all, m)
	}
}

// ages returns how long after its capture each picture was seen, in ms. Numbers
// come again with every round of the clip.
func (c *captures) ages(seen []sighting, by int) (ms []float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range seen {
		for _, from := range slices.Backward(c.all) {
			if from[0] == s.number && from[by] <= s.at {
				ms = append(ms, s.at-from[by])
				break
			}
		}
	}
	return ms
}

func summary(b *testing.B, delays []float64) shown {
	b.Helper()
	if len(delays) == 0 {
		b.Fatal("no bar code is seen on the screen")
	}
	slices.Sort(delays)
	return shown{delay: delays[len(delays)/2], slowest: delays[len(delays)*95/100], frames: float64(len(delays)) / watching.Seconds()}
}

// found is where the picture begins: inside the page's magenta border.
func found(b *testing.B, screen image.Image) image.Point {
	b.Helper()
	magenta := color.RGBAModel.Convert(color.RGBA{255, 0, 255, 255})
	for y := screen.Bounds().Min.Y; y < screen.Bounds().Max.Y; y++ {
		for x := screen.Bounds().Min.X; x < screen.Bounds().Max.X; x++ {
			if color.RGBAModel.Convert(screen.At(x, y)) == magenta {
				return image.Pt(x+border, y+border)
			}
		}
	}
	b.Fatal("the page is not on the screen")
	return image.Point{}
}
