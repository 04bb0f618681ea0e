//go:build e2e

package e2e_test

import (
	"context"
	"image"
	"image/color"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parley/ui/e2e/lab"
)

// letter is another program's window, which a user shows.
type letter struct {
	*lab.Process
	t     *testing.T
	d     *lab.Display
	title string
}

func openLetter(t *testing.T, d *lab.Display, title, geometry string) *letter {
	t.Helper()
	cmd := exec.Command("xmessage", "-title", title, "-geometry", geometry, "Minutes of the meeting")
	cmd.Env = d.Env()
	return &letter{lab.Start(t, cmd), t, d, title}
}

// area is where the window is on the screen, without its frame.
func (l *letter) area() image.Rectangle {
	l.t.Helper()
	cmd := exec.Command("xwininfo", "-name", l.title)
	cmd.Env = l.d.Env()
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("xwininfo: %v", err)
	}
	var numbers [4]int
	for i, name := range []string{"Absolute upper-left X:", "Absolute upper-left Y:", "Width:", "Height:"} {
		_, after, _ := strings.Cut(string(out), name)
		line, _, _ := strings.Cut(after, "\n")
		if numbers[i], err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
			l.t.Fatalf("xwininfo does not tell %s: %v", name, err)
		}
	}
	return image.Rect(numbers[0], numbers[1], numbers[0]+numbers[2], numbers[1]+numbers[3])
}

// border finds the border on a part of the screen: how far it reaches, and how
// many pixels it has. It is looked for beside Parley's own window, which uses the
// colour, too.
func border(shot image.Image, part image.Rectangle) (box image.Rectangle, pixels int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if color.RGBAModel.Convert(shot.At(x, y)) == (color.RGBA{0xF0, 0x56, 0x4A, 255}) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
				pixels++
			}
		}
	}
	return box, pixels
}

// outlined waits until there is a whole border, 4 pixels thick, right around an
// area and its frame.
func outlined(t *testing.T, ctx context.Context, d *lab.Display, area func() image.Rectangle, part image.Rectangle) image.Rectangle {
	t.Helper()
	const thick, frame = 4, 40
	for {
		box, pixels := border(d.Shot(), part)
		inner, around := box.Inset(thick), area()
		whole := pixels == box.Dx()*box.Dy()-inner.Dx()*inner.Dy()
		if !box.Empty() && whole && around.In(inner) && inner.In(around.Inset(-frame)) {
			return box
		}
		if ctx.Err() != nil {
			t.Fatalf("the border is %v with %d pixels; it should be around %v", box, pixels, around)
		}
	}
}

// plain waits until there is no border.
func plain(t *testing.T, ctx context.Context, d *lab.Display, part image.Rectangle) {
	t.Helper()
	for {
		box, pixels := border(d.Shot(), part)
		if pixels == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the border stays: %v", box)
		}
	}
}

func sharing(on bool, name string) func(lab.Event) bool {
	return func(e lab.Event) bool {
		is, _ := e["on"].(bool)
		return is == on && e.Text("name") == name
	}
}

// openPicker moves the pointer, which brings resting controls back, and presses
// the button.
func openPicker(ctx context.Context, w *lab.Window) {
	w.Display.Hand("mousemove 900 400", "mousemove 910 410")
	w.Press(ctx, "share")
}

// pick opens the picker and chooses what has this title.
func pick(ctx context.Context, w *lab.Window, title string) {
	openPicker(ctx, w)
	w.Press(ctx, w.Named(ctx, title).ID)
}

// drag draws a rectangle with the pointer, once Parley has seen where it begins.
func drag(t *testing.T, ctx context.Context, d *lab.Display, r, part image.Rectangle) {
	t.Helper()
	for pixels := 0; pixels == 0; _, pixels = border(d.Shot(), part) {
		if ctx.Err() != nil {
			t.Fatal("nothing can be drawn")
		}
		d.Hand("mouseup 1", "mousemove "+point(r.Min), "mousedown 1")
	}
	d.Hand("mousemove "+point(r.Max.Sub(image.Pt(1, 1))), "mouseup 1")
}

func point(p image.Point) string { return strconv.Itoa(p.X) + " " + strconv.Itoa(p.Y) }

// TestWindow_Share shows another window by clicks: it is picked by its picture,
// has a border that follows it, is told of, and is stopped by a click, and by
// closing it. Then a region is dragged on the screen.
func TestWindow_Share(t *testing.T) {
	ctx := bounded(t)
	d := lab.NewDisplay(t, 1900, 900)
	beside := image.Rect(1450, 0, 1900, 900) // of Parley's window, in the middle
	w := lab.NewWindow(t, d, append(senses(filepath.Join(t.TempDir(), "heard.wav")), "--hub", "127.0.0.1:0", "--name", "ann")...)
	w.Sees(ctx, "echo")
	minutes := openLetter(t, d, "Minutes", "220x120+1550+100")
	w.Press(ctx, "home.echo")
	w.Phase(ctx, "active")
	w.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })

	pick(ctx, w, "Minutes")
	w.Next(ctx, "sharing", sharing(true, "Minutes"))
	if told := w.Find(ctx, "sharing.stop"); told.Name != "Stop" {
		t.Errorf("the button is called %q", told.Name)
	}
	outlined(t, ctx, d, minutes.area, beside)
	d.Hand("search --name ^Minutes$ windowmove 1500 500")
	moved := outlined(t, ctx, d, minutes.area, beside)
	if moved.Min.Y < 400 {
		t.Errorf("the border stays at %v", moved)
	}
	w.Press(ctx, "sharing.stop")
	w.Next(ctx, "sharing", sharing(false, ""))
	plain(t, ctx, d, beside)

	pick(ctx, w, "Minutes")
	w.Next(ctx, "sharing", sharing(true, "Minutes"))
	outlined(t, ctx, d, minutes.area, beside)
	minutes.Stop()
	w.Next(ctx, "sharing", sharing(false, ""))
	w.Next(ctx, "error", func(e lab.Event) bool { return e.Text("code") == "shareGone" })
	w.Find(ctx, "banner.dismiss:shareGone")
	plain(t, ctx, d, beside)

	openPicker(ctx, w)
	w.Press(ctx, "share.draw")
	region := image.Rect(1500, 300, 1701, 451)
	drag(t, ctx, d, region, beside)
	w.Next(ctx, "sharing", func(e lab.Event) bool { return strings.HasSuffix(e.Text("target"), "@201x151+1500+300") })
	outlined(t, ctx, d, func() image.Rectangle { return region }, beside)
	d.Key("s") // stops by keyboard
	w.Next(ctx, "sharing", sharing(false, ""))
	plain(t, ctx, d, beside)
	w.Press(ctx, "hangup")
	w.Phase(ctx, "idle")
	w.Quit(ctx)
}
