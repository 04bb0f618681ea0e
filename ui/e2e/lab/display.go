//go:build e2e

package lab

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// starting is how long a server may take to say that it is ready.
const starting = 20 * time.Second

// Display is an X server without a screen, with a window manager.
type Display struct {
	t    testing.TB
	Name string // for DISPLAY
}

// NewDisplay starts Xvfb on a display number of its own choice.
func NewDisplay(t testing.TB, width, height int) *Display {
	t.Helper()
	number, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close()
	geometry := strconv.Itoa(width) + "x" + strconv.Itoa(height) + "x24"
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", geometry, "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{theirs}
	Start(t, cmd)
	_ = theirs.Close() // ours; the server has its own
	if err := number.SetReadDeadline(time.Now().Add(starting)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb does not start: %v", err)
	}
	d := &Display{t, ":" + strings.TrimSpace(line)}
	Start(t, d.command("openbox", "--sm-disable"))
	return d
}

// Env is the environment for programs on this display.
func (d *Display) Env() []string {
	return append(os.Environ(), "DISPLAY="+d.Name, "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
}

func (d *Display) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = d.Env()
	return cmd
}

// Click moves the pointer and presses its left button, in pixels of the screen.
func (d *Display) Click(x, y int) {
	d.t.Helper()
	d.run("xdotool", "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// Key presses keys of X's names, such as "Return" or "ctrl+a", one after the other.
func (d *Display) Key(names ...string) {
	d.t.Helper()
	d.run("xdotool", append([]string{"key"}, names...)...)
}

// Hand does what xdotool's commands say, one after the other.
func (d *Display) Hand(commands ...string) {
	d.t.Helper()
	d.run("xdotool", strings.Fields(strings.Join(commands, " "))...)
}

// Type types a text into whatever has the focus.
func (d *Display) Type(text string) {
	d.t.Helper()
	d.run("xdotool", "type", "--delay", "4", "--", text)
}

// Shot takes a picture of the whole screen.
func (d *Display) Shot() image.Image {
	d.t.Helper()
	picture, err := png.Decode(bytes.NewReader(d.run("import", "-window", "root", "-depth", "8", "png:-")))
	if err != nil {
		d.t.Fatalf("read the screenshot: %v", err)
	}
	return picture
}

func (d *Display) run(name string, args ...string) []byte {
	d.t.Helper()
	cmd := d.command(name, args...)
	cmd.WaitDelay = closing
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("%s: %v: %s", name, err, complaint.String())
	}
	return out
}

// Window is the real window of a Parley.
type Window struct {
	*Parley
	Display *Display
}

// NewWindow starts Parley with its window on the display.
func NewWindow(t testing.TB, d *Display, args ...string) *Window {
	t.Helper()
	return &Window{control(t, windowed(t, d, args)), d}
}

func windowed(t testing.TB, d *Display, args []string) *exec.Cmd {
	t.Helper()
	return d.command(Binary(t), append([]string{"--control", "--data", t.TempDir()}, args...)...)
}

// Widget is a control that can be seen, in pixels of its window.
type Widget struct {
	ID, Name string
	Window   string // the window's title
	Bounds   image.Rectangle
	Enabled  bool
}

// widgets reads a widgets event.
func widgets(answer Event) []Widget {
	list, _ := answer["widgets"].([]any)
	out := make([]Widget, 0, len(list))
	for _, item := range list {
		e := Event(item.(map[string]any))
		x, y := int(e.Number("x")), int(e.Number("y"))
		enabled, _ := e["enabled"].(bool)
		out = append(out, Widget{
			ID: e.Text("id"), Name: e.Text("name"), Window: e.Text("window"), Enabled: enabled,
			Bounds: image.Rect(x, y, x+int(e.Number("w")), y+int(e.Number("h"))),
		})
	}
	return out
}

// Find waits until a widget of this id is shown and enabled.
func (w *Window) Find(ctx context.Context, id string) Widget {
	w.t.Helper()
	return w.first(ctx, func(found Widget) bool { return found.ID == id })
}

// Named waits until a widget that a screen reader calls so is shown and enabled.
func (w *Window) Named(ctx context.Context, name string) Widget {
	w.t.Helper()
	return w.first(ctx, func(found Widget) bool { return found.Name == name })
}

func (w *Window) first(ctx context.Context, is func(Widget) bool) Widget {
	w.t.Helper()
	var found Widget
	w.Until(ctx, "widgets", func(e Event) bool {
		for _, widget := range widgets(e) {
			if is(widget) && widget.Enabled {
				found = widget
				return true
			}
		}
		return false
	})
	return found
}

// Press clicks a widget with the pointer.
func (w *Window) Press(ctx context.Context, id string) {
	w.t.Helper()
	bounds := w.OnScreen(w.Find(ctx, id))
	w.Display.Click((bounds.Min.X+bounds.Max.X)/2, (bounds.Min.Y+bounds.Max.Y)/2)
}

// Resize gives the main window another size.
func (w *Window) Resize(width, height int) {
	w.t.Helper()
	w.Display.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^Parley$", "windowsize", "--sync", strconv.Itoa(width), strconv.Itoa(height))
}

// Minimise minimises the main window; back brings it back.
func (w *Window) Minimise() (back func()) {
	w.t.Helper()
	found := strings.Fields(string(w.Display.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "Parley$")))
	w.Display.run("xdotool", "windowminimize", "--sync", found[0])
	return func() {
		w.t.Helper()
		w.Display.run("xdotool", "windowmap", "--sync", found[0])
	}
}

// OnScreen is where a widget is, in pixels of the screen.
func (w *Window) OnScreen(widget Widget) image.Rectangle {
	w.t.Helper()
	title := "^" + regexp.QuoteMeta(widget.Window) + "$"
	found := strings.Fields(string(w.Display.run("xdotool", "search", "--sync", "--onlyvisible", "--name", title)))
	// xdotool's own geometry is off by the window manager's frame.
	out := string(w.Display.run("xwininfo", "-id", found[0]))
	corner := image.Point{}
	for name, value := range map[string]*int{"Absolute upper-left X:": &corner.X, "Absolute upper-left Y:": &corner.Y} {
		_, after, _ := strings.Cut(out, name)
		line, _, _ := strings.Cut(after, "\n")
		var err error
		if *value, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
			w.t.Fatalf("xwininfo does not tell %s %v", name, err)
		}
	}
	return widget.Bounds.Add(corner)
}

// Crop returns a part of a picture.
func Crop(picture image.Image, part image.Rectangle) image.Image {
	return picture.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(part)
}

// Differing counts the pixels of an area that are not the same in two pictures.
func Differing(a, b image.Image, area image.Rectangle) int {
	count := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				count++
			}
		}
	}
	return count
}
