//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/media/pattern"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// shelves gives Parleys that start later folders for pictures and recordings.
func shelves(t *testing.T) (pictures, videos string) {
	t.Helper()
	pictures, videos = t.TempDir(), t.TempDir()
	t.Setenv("XDG_PICTURES_DIR", pictures)
	t.Setenv("XDG_VIDEOS_DIR", videos)
	return pictures, videos
}

// records records until so many more frames have come, and returns the file.
func records(t *testing.T, ctx context.Context, p *lab.Parley, frames float64) string {
	t.Helper()
	p.Do("record", "kind", "call")
	p.Next(ctx, "recording", func(e lab.Event) bool { return e["on"] == true })
	from := p.Ask(ctx, "stats")
	p.Until(ctx, "stats", func(now lab.Event) bool {
		grown := func(path string) float64 { return now.Number(path) - from.Number(path) }
		return grown("inbound.video.framesDecoded") >= frames && min(grown("inbound.video.keyFrames"), grown("outbound.video.keyFrames")) > 0
	})
	p.Do("record", "kind", "call", "on", false)
	saved := p.Next(ctx, "saved", func(e lab.Event) bool { return e.Text("kind") == "recording" })
	if saved.Number("parts") != 1 {
		t.Errorf("saved %v", saved)
	}
	return saved.Text("path")
}

// TestRecording_TwoParleys records a call, of which the other side is told, and
// saves a picture.
func TestRecording_TwoParleys(t *testing.T) {
	ctx := bounded(t)
	pictures, videos := shelves(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	dir := t.TempDir()
	join := func(name string) *lab.Parley {
		return lab.Headless(t, append(senses(filepath.Join(dir, name+".wav")), "--server", hub.URL, "--name", name)...)
	}
	ann, ben := join("ann"), join("ben")
	ann.Sees(ctx, "ben")
	ann.Do("call", "to", "ben", "kind", "video")
	ben.Phase(ctx, "ringing")
	ben.Do("accept", "kind", "video")
	ann.Phase(ctx, "active")
	shows(t, ctx, ann, parleyCamera())

	path := records(t, ctx, ann, 150)
	ben.Next(ctx, "recording", func(e lab.Event) bool { return e["theirs"] == true })
	ben.Next(ctx, "recording", func(e lab.Event) bool { return e["theirs"] == false })
	ben.Do("snapshot")
	picture := ben.Next(ctx, "saved", nil).Text("path")
	ann.Quit(ctx)
	ben.Quit(ctx)

	if filepath.Dir(path) != videos || filepath.Dir(picture) != pictures || !strings.HasPrefix(filepath.Base(picture), "Parley ann ") {
		t.Errorf("saved %s and %s", path, picture)
	}
	snapped(t, picture)
	f := probe(t, path)
	if got := f.codecs(); got != "h264 h264 opus opus" {
		t.Errorf("tracks %s", got)
	}
	for n, tag := range []string{"ben", "ann"} {
		if sound := f.of("audio", n); sound.Tags.Title != tag {
			t.Errorf("sound %d is called %q", n, sound.Tags.Title)
		}
		tone(t, path, n)
	}
	onTime(t, path)
	plays(t, ctx, chromium(t, browser.Options{}), path)
}

// snapped checks that a picture is that of the pattern, in its size and colours.
func snapped(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := pattern.Read(picture); !ok {
		t.Error("the picture's code cannot be read")
	}
	size := picture.Bounds().Size()
	if size.X < 640 || size.X*9 != size.Y*16 {
		t.Errorf("the picture is %v", size)
	}
}

// probed is what ffprobe says of a file.
type probed struct {
	Streams []stream `json:"streams"`
	Format  struct {
		Name     string `json:"format_name"`
		Duration string `json:"duration"`
	} `json:"format"`
}

type stream struct {
	Index         int    `json:"index"`
	Type          string `json:"codec_type"`
	Codec         string `json:"codec_name"`
	Width, Height int
	Tags          struct {
		Title string `json:"title"`
	} `json:"tags"`
}

func probe(t *testing.T, path string) probed {
	t.Helper()
	var out probed
	if err := json.Unmarshal(ffmpeg(t, "ffprobe", "-show_streams", "-show_format", "-of", "json", path), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// ffmpeg runs one of FFmpeg's programs, which must find no fault.
func ffmpeg(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, append([]string{"-v", "error"}, args...)...)
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil || faults.Len() > 0 {
		t.Errorf("%s %v: %v\n%s", name, args, err, faults.String())
	}
	return out
}

func (p probed) codecs() string {
	var names []string
	for _, s := range p.Streams {
		names = append(names, s.Codec)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// of returns the n-th stream of a kind.
func (p probed) of(kind string, n int) stream {
	for _, s := range p.Streams {
		if s.Type == kind {
			if n == 0 {
				return s
			}
			n--
		}
	}
	return stream{}
}

// tone checks that a track of sound holds something of the tone that Parleys send,
// most of which is left out as steady (DTX), and can be decoded.
func tone(t *testing.T, path string, track int) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "tone.wav")
	ffmpeg(t, "ffmpeg", "-c:a", "libopus", "-i", path, "-map", fmt.Sprintf("0:a:%d", track), "-fflags", "+bitexact", "-flags:a", "+bitexact", out)
	if _, level := lab.Heard(t, out, parleyHertz); level < 0.02 {
		t.Errorf("track %d: a tone of %d Hz has a peak of %.3f", track, parleyHertz, level)
	}
}

// onTime checks that the pictures of both people stand in the file at the moments
// at which they were taken, which their codes tell: on one line, and steadily.
func onTime(t *testing.T, path string) {
	t.Helper()
	theirs, mine := offsets(t, path, 0), offsets(t, path, 1)
	for name, o := range map[string][]float64{"theirs": theirs, "mine": mine} {
		if len(o) < 60 {
			t.Fatalf("%s: %d codes can be read", name, len(o))
		}
		slices.Sort(o)
		if spread := o[len(o)*9/10] - o[len(o)/10]; spread > 15 {
			t.Errorf("%s: the time between taking and showing varies by %.0f ms", name, spread)
		}
	}
	// What they sent is placed by what arrives soonest, so by how long that took later.
	between := theirs[len(theirs)/2] - mine[len(mine)/2]
	t.Logf("theirs are %.0f ms later than ours", between)
	if between < -20 || between > 250 {
		t.Errorf("theirs are %.0f ms later than ours", between)
	}
}

// offsets returns, for each picture of a track whose code can be read, the time in
// the file minus that of taking it, in milliseconds, up to a constant.
func offsets(t *testing.T, path string, track int) []float64 {
	t.Helper()
	dir := t.TempDir()
	ffmpeg(t, "ffmpeg", "-i", path, "-map", fmt.Sprintf("0:v:%d", track), "-fps_mode", "passthrough", "-frame_pts", "1", "-enc_time_base", "1/1000", filepath.Join(dir, "%d.png"))
	files, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, f := range files {
		at, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(f), ".png"))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if code, ok := pattern.Read(picture); ok {
			out = append(out, float64(int32(uint32(at)-code.Millis)))
		}
	}
	return out
}

// player opens a page of a browser that has a file loaded, or has failed to.
func player(t *testing.T, ctx context.Context, b browser.Browser, path string) *tab {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			_, _ = fmt.Fprint(w, `<!doctype html><title>player</title><video id=v src="/file" muted></video>`)
			return
		}
		http.ServeFile(w, r, path)
	}))
	t.Cleanup(server.Close)
	p := open(t, ctx, b, server.URL)
	p.wait(`document.getElementById('v').readyState > 0 || document.getElementById('v').error`)
	return p
}

// plays has a browser play a file to its end and jump into the middle of it, and
// checks what it shows there.
func plays(t *testing.T, ctx context.Context, b browser.Browser, path string) {
	t.Helper()
	p := player(t, ctx, b, path)
	type video struct {
		Width, Height int
		Duration      float64
		Fault         string
	}
	const look = `(() => { const v = document.getElementById('v'); return {width: v.videoWidth, height: v.videoHeight, duration: v.duration, fault: v.error?.message ?? ''}; })()`
	v, err := browser.Get[video](ctx, p.page, look)
	p.ok(err)
	if v.Fault != "" || v.Width < 320 || v.Width*9 != v.Height*16 || v.Duration < 3 || v.Duration > 60 {
		t.Fatalf("a browser sees %+v", v)
	}
	p.do(`document.getElementById('v').play()`)
	p.wait(`document.getElementById('v').ended || document.getElementById('v').error`)
	p.do(`document.getElementById('v').currentTime = document.getElementById('v').duration / 2`)
	p.wait(`!document.getElementById('v').seeking`)
	shot, err := browser.Get[[]byte](ctx, p.page, `(() => {
		const v = document.getElementById('v'), c = document.createElement('canvas');
		c.width = v.videoWidth; c.height = v.videoHeight;
		c.getContext('2d').drawImage(v, 0, 0);
		return c.toDataURL('image/png').split(',')[1];
	})()`)
	p.ok(err)
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := pattern.Read(picture); !ok {
		t.Error("what a browser shows cannot be read")
	}
	if v, err := browser.Get[video](ctx, p.page, look); err != nil || v.Fault != "" {
		t.Errorf("in the end a browser says %+v, %v", v, err)
	}
}

// TestRecording_Guests records guests of every codec, who read that they are.
func TestRecording_Guests(t *testing.T) {
	b := withClips(t)
	for _, c := range []struct{ name, mimes, extension, codecs string }{
		{"VP8", `"video/vp8"`, ".webm", "opus opus vp8 vp8"},
		{"VP9", `"video/vp9"`, ".webm", "opus opus vp9 vp9"},
		{"H.264", `"video/h264"`, ".mkv", "h264 h264 opus opus"},
		{"AV1", `"video/av1", "video/vp8"`, ".webm", "av1 opus opus vp8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := bounded(t)
			shelves(t)
			w := lab.Headless(t, append(senses(filepath.Join(t.TempDir(), "heard.wav")), "--hub", "127.0.0.1:0", "--name", "ann", "--auto-answer")...)
			w.Sees(ctx, "echo")
			w.Do("invite")
			p := arrive(t, ctx, b, w.Next(ctx, "invite", nil).Text("url"))
			p.do(fmt.Sprintf("%s([%s])", codecsJS, c.mimes))
			p.reads("home-name", "ann")
			p.click("Call")
			w.Phase(ctx, "active")
			p.phase("active")
			w.Next(ctx, "recording", func(e lab.Event) bool { return e["told"] == true })
			w.Do("record", "kind", "call")
			p.reads("recorded-text", "ann is recording this call")
			p.shoot("recorded")
			w.Do("record", "kind", "call", "on", false)
			p.wait(`!document.getElementById('recorded').checkVisibility()`)
			path := records(t, ctx, w, 120)
			w.Quit(ctx)
			if filepath.Ext(path) != c.extension {
				t.Errorf("saved %s", path)
			}
			if got := probe(t, path).codecs(); got != c.codecs {
				t.Errorf("tracks %s", got)
			}
			ffmpeg(t, "ffmpeg", "-i", path, "-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-f", "null", os.DevNull)
			plays(t, ctx, b, path)
		})
	}
}

// TestRecording_Killed ends a program in the middle of a recording: what it has
// written can be played.
func TestRecording_Killed(t *testing.T) {
	ctx := bounded(t)
	_, videos := shelves(t)
	w := lab.Headless(t, append(senses(filepath.Join(t.TempDir(), "heard.wav")), "--hub", "127.0.0.1:0", "--name", "ann")...)
	w.Sees(ctx, "echo")
	w.Do("call", "to", "echo", "kind", "video")
	w.Phase(ctx, "active")
	w.Next(ctx, "recording", func(e lab.Event) bool { return e["told"] == true })
	w.Do("record", "kind", "call")
	from := w.Ask(ctx, "stats").Number("inbound.video.framesDecoded")
	w.Until(ctx, "stats", func(now lab.Event) bool { return now.Number("inbound.video.framesDecoded") >= from+200 })
	w.Kill()
	files, err := filepath.Glob(filepath.Join(videos, "*.mkv"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	if got := probe(t, files[0]).codecs(); got != "h264 h264 opus opus" {
		t.Errorf("tracks %s", got)
	}
	plays(t, ctx, chromium(t, browser.Options{}), files[0])
}
