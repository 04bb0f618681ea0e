//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"parley/media/pattern"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// Of what a Parley under test sends.
const parleyHertz = 440 // of --microphone tone

// It draws 30 frames a second; some are left out, as they should be, where a window, a
// browser and a display without a graphics card share two processors.
func parleyCamera() camera { return camera{rate: 15, age: 300} }

// senses are the flags of a Parley whose camera and microphone are made up and
// whose speaker writes to a file.
func senses(speaker string) []string {
	return []string{"--camera", "pattern", "--microphone", "tone", "--speaker", "file:" + speaker}
}

// TestWindow_Echo is the first minute of somebody new: the window opens, Echo
// answers, the picture moves, the call ends.
func TestWindow_Echo(t *testing.T) {
	ctx := bounded(t)
	heard := filepath.Join(t.TempDir(), "heard.wav")
	w := lab.NewWindow(t, lab.NewDisplay(t, 1280, 800), append(senses(heard), "--hub", "127.0.0.1:0", "--name", "ann")...)
	w.Sees(ctx, "echo")
	w.Press(ctx, "home.echo")
	w.Phase(ctx, "calling")
	w.Phase(ctx, "active")
	w.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	moves(t, ctx, w)
	shows(t, ctx, w.Parley, parleyCamera())
	w.Press(ctx, "hangup")
	ended := w.Phase(ctx, "idle")
	if reason := ended.Text("reason"); reason != "localHangup" {
		t.Errorf("the call ended with %q", reason)
	}
	w.Quit(ctx)
	listened(t, heard, parleyHertz)
}

// moves checks on the pixels of the screen that the remote picture changes, and
// that its numbers go up.
func moves(t *testing.T, ctx context.Context, w *lab.Window) {
	t.Helper()
	var last image.Image
	var number uint32
	for changes := 0; changes < 4; {
		shot := w.Display.Shot()
		code, ok := remotePane(t, ctx, w, shot)
		if last != nil && ok && code.Number > number {
			if n := lab.Differing(last, shot, last.Bounds()); n > 1000 {
				changes++
			}
		}
		if ok {
			last, number = shot, code.Number
		}
		if ctx.Err() != nil {
			t.Fatal("the remote picture does not move on the screen")
		}
	}
}

// remotePane reads the code in the remote pane, whose picture has the shape of
// the sender's and is centred in it.
func remotePane(t *testing.T, ctx context.Context, w *lab.Window, shot image.Image) (pattern.Code, bool) {
	t.Helper()
	pane := w.OnScreen(w.Find(ctx, "remote"))
	return pattern.Read(lab.Crop(shot, fit(pane, 16, 9)))
}

// fit is the largest area of a shape in the middle of another.
func fit(in image.Rectangle, w, h int) image.Rectangle {
	width, height := in.Dx(), in.Dx()*h/w
	if height > in.Dy() {
		width, height = in.Dy()*w/h, in.Dy()
	}
	corner := in.Min.Add(image.Pt((in.Dx()-width)/2, (in.Dy()-height)/2))
	return image.Rectangle{corner, corner.Add(image.Pt(width, height))}
}

// shows waits until the program decodes the other side's frames at their rate
// and age, and checks their order, and that sound comes.
func shows(t *testing.T, ctx context.Context, p *lab.Parley, c camera) {
	t.Helper()
	first := p.Ask(ctx, "stats")
	now := p.Until(ctx, "stats", func(now lab.Event) bool {
		return now.Number("pattern.frames") >= first.Number("pattern.frames")+flowing &&
			now.Number("inbound.video.framesPerSecond") >= c.rate && (c.age == 0 || now.Number("pattern.ageMs") <= c.age)
	})
	t.Logf("decoded %.1f frames a second: %v", now.Number("inbound.video.framesPerSecond"), now["pattern"])
	if back := now.Number("pattern.outOfOrder") - first.Number("pattern.outOfOrder"); back > 0 && !c.loops || back > 2 {
		t.Errorf("%.0f frames came out of order", back)
	}
	if now.Number("inbound.audio.packets") == 0 || now.Number("inbound.audio.audioLevel") == 0 {
		t.Errorf("no sound comes: %v", now["inbound"])
	}
}

// listened checks what a speaker wrote.
func listened(t *testing.T, path string, hertz float64) {
	t.Helper()
	share, level := lab.Heard(t, path, hertz)
	if share < 0.8 || level < 0.02 {
		t.Errorf("heard a tone of %.0f Hz as %.0f %% of the sound, with a peak of %.3f", hertz, 100*share, level)
	}
}

// TestCall_Browsers lets a browser open a link, call the window, be called back,
// and either side hang up.
func TestCall_Browsers(t *testing.T) {
	for _, c := range []struct {
		name   string
		start  func(*testing.T) browser.Browser
		camera camera
		after  func(*tab)
	}{
		{"Chromium", withClips, clipCamera(), func(*tab) {}},
		{"Firefox", withSound, scriptCamera(), func(p *tab) { p.do(devicesJS) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := bounded(t)
			heard := filepath.Join(t.TempDir(), "heard.wav")
			w := lab.NewWindow(t, lab.NewDisplay(t, 1280, 800), append(senses(heard), "--hub", "127.0.0.1:0", "--name", "ann")...)
			w.Sees(ctx, "echo")
			w.Do("invite")
			link := w.Next(ctx, "invite", nil).Text("url")
			p := arrive(t, ctx, c.start(t), link)
			c.after(p)
			p.reads("home-name", "ann")

			p.click("Call")
			w.Phase(ctx, "ringing")
			p.reads("person-text", "Ringing…")
			w.Press(ctx, "ring.video")
			conversation(t, ctx, w.Parley, p, c.camera)
			moves(t, ctx, w)
			p.shoot("called")
			p.click("Hang up")
			if reason := w.Phase(ctx, "idle").Text("reason"); reason != "remoteHangup" {
				t.Errorf("the first call ended with %q", reason)
			}
			p.view("home")

			guest := w.Ask(ctx, "presence")
			w.Do("call", "to", nameOf(t, guest, "Kim"), "kind", "video")
			p.view("ringing")
			p.click("Answer")
			conversation(t, ctx, w.Parley, p, c.camera)
			w.Press(ctx, "hangup")
			w.Phase(ctx, "idle")
			p.view("home")
			w.Quit(ctx)
			listened(t, heard, lab.ToneHertz)
		})
	}
}

// nameOf finds the address of whom the roster shows so.
func nameOf(t *testing.T, presence lab.Event, display string) string {
	t.Helper()
	members, _ := presence["members"].([]any)
	for _, m := range members {
		if member := lab.Event(m.(map[string]any)); member.Text("display") == display {
			return member.Text("name")
		}
	}
	t.Fatalf("nobody is shown as %q: %v", display, presence)
	return ""
}

// conversation checks that picture and sound flow both ways.
func conversation(t *testing.T, ctx context.Context, w *lab.Parley, p *tab, theirs camera) {
	t.Helper()
	w.Phase(ctx, "active")
	p.phase("active")
	p.wait(`document.getElementById('remote').dataset.picture === 'true'`)
	p.watches()
	p.wait(fmt.Sprintf(`watch.hears(%d)`, parleyHertz))
	p.sees(parleyCamera())
	shows(t, ctx, w, theirs)
}

// TestWindow_Ends checks that the window ends well when the system asks it to,
// and says so when there is no display to begin with.
func TestWindow_Ends(t *testing.T) {
	ctx := bounded(t)
	w := lab.NewWindow(t, lab.NewDisplay(t, 1280, 800), "--hub", "127.0.0.1:0", "--name", "ann")
	w.Sees(ctx, "echo")
	w.Find(ctx, "home.echo")
	w.Stop()
	if err := w.Err(); err != nil {
		t.Errorf("it ended with %v: %s", err, w.Log())
	}
	blind := lab.NewWindow(t, &lab.Display{Name: ":9999"}, "--hub", "127.0.0.1:0")
	if err := blind.Err(); err == nil || !strings.Contains(blind.Log(), "headless") {
		t.Errorf("without a display it ended with %v and said %q", err, blind.Log())
	}
}
