//go:build e2e

package e2e_test

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/media"
	"parley/media/clip"
	"parley/media/pattern"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

//go:embed testdata/switch.js
var switchJS string

// TestRecording_CodecChanges has a guest's browser change the codec while it is
// recorded: the recording has a second part, and both play.
func TestRecording_CodecChanges(t *testing.T) {
	ctx := bounded(t)
	b := withClips(t)
	_, videos := shelves(t)
	w := lab.Headless(t, append(alone(t), "--auto-answer")...)
	w.Sees(ctx, "echo")
	w.Do("invite")
	p := arrive(t, ctx, b, w.Next(ctx, "invite", nil).Text("url"))
	p.do(switchJS)
	p.reads("home-name", "ann")
	p.click("Call")
	w.Phase(ctx, "active")
	p.phase("active")
	w.Next(ctx, "recording", func(e lab.Event) bool { return e["told"] == true })
	for _, mime := range []string{"VP8", "H264"} {
		p.do(fmt.Sprintf("switchTo(%q)", "video/"+strings.ToLower(mime)))
		comes(ctx, w, "video/"+mime, 1)
		if mime == "VP8" {
			w.Do("record", "kind", "call")
			w.Next(ctx, "recording", func(e lab.Event) bool { return e["on"] == true })
		}
		comes(ctx, w, "video/"+mime, 150)
	}
	w.Do("record", "kind", "call", "on", false)
	saved := w.Next(ctx, "saved", func(e lab.Event) bool { return e.Text("kind") == "recording" })
	w.Quit(ctx)
	files, err := filepath.Glob(filepath.Join(videos, "*"))
	if err != nil || len(files) != 2 || saved.Number("parts") != 2 || !slices.Contains(files, saved.Text("path")) {
		t.Fatalf("saved %v, files %v, %v", saved, files, err)
	}
	first := saved.Text("path")
	second := files[0]
	if second == first {
		second = files[1]
	}
	for path, codec := range map[string]string{first: "vp8", second: "h264"} {
		if got := probe(t, path).of("video", 0); got.Codec != codec || got.Tags.Title != "Kim" {
			t.Errorf("%s begins with %+v, want %s", path, got, codec)
		}
		decodes(t, path)
		plays(t, ctx, b, path)
	}
}

// comes waits until so many more pictures of a codec have come.
func comes(ctx context.Context, w *lab.Parley, codec string, frames float64) {
	begun := w.Until(ctx, "stats", func(now lab.Event) bool { return now.Text("inbound.video.codec") == codec })
	w.Until(ctx, "stats", func(now lab.Event) bool {
		return now.Number("inbound.video.framesDecoded") >= begun.Number("inbound.video.framesDecoded")+frames
	})
}

// TestRecording_SizeChanges changes the camera while it is recorded, for one of an
// odd size: FFmpeg and a browser follow within the track.
func TestRecording_SizeChanges(t *testing.T) {
	ctx := bounded(t)
	shelves(t)
	w := lab.Headless(t, alone(t)...)
	echoed(t, ctx, w)
	w.Do("record", "kind", "call")
	w.Next(ctx, "recording", func(e lab.Event) bool { return e["on"] == true })
	comes(ctx, w, "video/H264", 90)
	w.Do("choose", "kind", "camera", "choice", "file:"+oddClip(t))
	w.Until(ctx, "stats", func(now lab.Event) bool {
		return now.Number("inbound.video.frameWidth") == oddWidth && now.Number("inbound.video.frameHeight") == oddHeight
	})
	comes(ctx, w, "video/H264", 90)
	w.Do("record", "kind", "call", "on", false)
	path := w.Next(ctx, "saved", nil).Text("path")
	w.Quit(ctx)
	decodes(t, path)
	for track := range 2 {
		text := ffmpeg(t, "ffprobe", "-select_streams", fmt.Sprintf("v:%d", track), "-show_entries", "frame=width,height", "-of", "csv=p=0", path)
		sizes := slices.Compact(strings.Fields(string(text)))
		if last := sizes[len(sizes)-1]; len(sizes) < 2 || last != fmt.Sprintf("%d,%d", oddWidth+1, oddHeight+1) {
			t.Errorf("FFmpeg sees the sizes %v", sizes)
		}
	}
	follows(t, ctx, path)
}

// The size of a clip of which H.264 codes a column and a row more.
const oddWidth, oddHeight = 481, 271

// oddClip writes colour bars of that size.
func oddClip(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "odd.y4m")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	out, err := clip.NewY4MWriter(buffered, clip.Y4M{Width: oddWidth, Height: oddHeight, Interval: time.Second / lab.FrameRate})
	if err != nil {
		t.Fatal(err)
	}
	bars, pool, start := pattern.NewBars(oddWidth, oddHeight), media.Pool{}, time.Now()
	for i := range 2 * lab.FrameRate {
		frame := pool.Get(oddWidth, oddHeight)
		frame.Number, frame.Captured = uint64(i), start.Add(time.Duration(i)*time.Second/lab.FrameRate)
		bars.Paint(frame)
		if err := out.Write(frame.Image); err != nil {
			t.Fatal(err)
		}
		frame.Release()
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// follows has a browser play a file to its end and checks that it follows the change
// of the size.
func follows(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	p := player(t, ctx, chromium(t, browser.Options{}), path)
	p.do(`(() => {
		const v = document.getElementById('v');
		window.sizes = [[v.videoWidth, v.videoHeight]];
		v.onresize = () => { sizes.push([v.videoWidth, v.videoHeight]); };
		return v.play();
	})()`)
	p.wait(`document.getElementById('v').ended || document.getElementById('v').error`)
	sizes, err := browser.Get[[][]int](ctx, p.page, `sizes`)
	p.ok(err)
	if last := sizes[len(sizes)-1]; len(sizes) < 2 || !slices.Equal(last, []int{oddWidth + 1, oddHeight + 1}) {
		t.Errorf("a browser sees the sizes %v", sizes)
	}
}

// TestCall_OddSizes sends pictures of an odd size to a browser. H.264 cannot tell a
// browser of one, so there it sees a column and a row more, which repeat their neighbours.
func TestCall_OddSizes(t *testing.T) {
	b := withClips(t)
	for _, c := range []struct {
		mime string
		more int
	}{{"vp8", 0}, {"vp9", 0}, {"h264", 1}} {
		t.Run(c.mime, func(t *testing.T) {
			ctx := bounded(t)
			w := lab.Headless(t, "--camera", "file:"+oddClip(t), "--microphone", "tone", "--speaker", "off",
				"--hub", "127.0.0.1:0", "--name", "ann", "--auto-answer")
			w.Sees(ctx, "echo")
			w.Do("invite")
			p := arrive(t, ctx, b, w.Next(ctx, "invite", nil).Text("url"))
			p.do(fmt.Sprintf("%s([%q])", codecsJS, "video/"+c.mime))
			p.reads("home-name", "ann")
			p.click("Call")
			w.Phase(ctx, "active")
			p.phase("active")
			p.wait(fmt.Sprintf(`document.getElementById('remote').videoWidth === %d && document.getElementById('remote').videoHeight === %d`, oddWidth+c.more, oddHeight+c.more))
			w.Quit(ctx)
		})
	}
}
