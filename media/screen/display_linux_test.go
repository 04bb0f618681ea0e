package screen

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
	"parley/media/screen/x11"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Colours that survive the conversion well.
var (
	red   = color.RGBA{200, 30, 30, 255}
	green = color.RGBA{30, 180, 30, 255}
	blue  = color.RGBA{40, 40, 200, 255}
	grey  = color.RGBA{120, 120, 120, 255}
	white = color.RGBA{250, 250, 250, 255}
)

func pixel(c color.RGBA) uint32 { return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B) }

// painter is a program with windows on an X server of our own.
type painter struct {
	t    testing.TB
	conn *x11.Conn
}

// newDisplay starts Xvfb, makes it the display of this process, and connects to
// it. The screen is grey, and the pointer a white box of 8 by 8 in its corner.
func newDisplay(t testing.TB, w, h int, more ...string) *painter {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-nolisten", "tcp", "-noreset", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h)}, more...)...)
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	number, err := bufio.NewReader(read).ReadString('\n') // it comes when the server is ready
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
	conn, err := x11.Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &painter{t, conn}
	p.setBackground(conn.Root, grey)
	p.shapePointer(white)
	p.point(0, 0)
	return p
}

// Requests of the X protocol that only those need who paint.
const (
	opCreateWindow     = 1
	opChangeAttributes = 2
	opDestroyWindow    = 4
	opMapWindow        = 8
	opUnmapWindow      = 10
	opConfigureWindow  = 12
	opChangeProperty   = 18
	opWarpPointer      = 41
	opCreatePixmap     = 53
	opCreateGC         = 55
	opClearArea        = 61
	opFillRectangle    = 70
	opCreateCursor     = 93
)

func pair(low, high int) uint32 { return uint32(uint16(low)) | uint32(uint16(high))<<16 }

// do waits until everything has been done.
func (p *painter) do() {
	p.t.Helper()
	if err := p.conn.Check(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *painter) setBackground(w x11.ID, c color.RGBA) {
	const backgroundPixel = 1 << 1
	p.conn.Send(opChangeAttributes, 0, uint32(w), backgroundPixel, pixel(c))
	p.conn.Send(opClearArea, 0, uint32(w), 0, 0)
	p.do()
}

// clear paints a part of a window in its background.
func (p *painter) clear(w x11.ID, r image.Rectangle) {
	p.conn.Send(opClearArea, 0, uint32(w), pair(r.Min.X, r.Min.Y), pair(r.Dx(), r.Dy()))
	p.do()
}

// fill paints a part of a window.
func (p *painter) fill(w x11.ID, r image.Rectangle, c color.RGBA) {
	const foreground, includeInferiors, subwindowMode = 1 << 2, 1, 1 << 15
	gc := p.conn.NewID()
	p.conn.Send(opCreateGC, 0, uint32(gc), uint32(w), foreground|subwindowMode, pixel(c), includeInferiors)
	p.conn.Send(opFillRectangle, 0, uint32(w), uint32(gc), pair(r.Min.X, r.Min.Y), pair(r.Dx(), r.Dy()))
	p.do()
}

// open makes a window and shows it.
func (p *painter) open(parent x11.ID, r image.Rectangle, c color.RGBA) x11.ID {
	w := p.make(parent, r, c)
	p.show(w)
	return w
}

func (p *painter) make(parent x11.ID, r image.Rectangle, c color.RGBA) x11.ID {
	const inputOutput, backgroundPixel, borderPixel = 1, 1 << 1, 1 << 3
	w := p.conn.NewID()
	p.conn.Send(opCreateWindow, 0, uint32(w), uint32(parent), pair(r.Min.X, r.Min.Y), pair(r.Dx(), r.Dy()),
		pair(0, inputOutput), 0, backgroundPixel|borderPixel, pixel(c), 0)
	p.do()
	return w
}

func (p *painter) show(w x11.ID)  { p.conn.Send(opMapWindow, 0, uint32(w)); p.do() }
func (p *painter) hide(w x11.ID)  { p.conn.Send(opUnmapWindow, 0, uint32(w)); p.do() }
func (p *painter) close(w x11.ID) { p.conn.Send(opDestroyWindow, 0, uint32(w)); p.do() }

func (p *painter) move(w x11.ID, r image.Rectangle) {
	const xywh = 1 | 2 | 4 | 8
	p.conn.Send(opConfigureWindow, 0, uint32(w), xywh, uint32(r.Min.X), uint32(r.Min.Y), uint32(r.Dx()), uint32(r.Dy()))
	p.do()
}

// title names a window as old programs do.
func (p *painter) title(w x11.ID, text string) {
	const wmName, typeString = 39, 31 // atoms that are always there
	padded := []byte(text + "\x00\x00\x00")
	words := []uint32{uint32(w), wmName, typeString, 8, uint32(len(text))}
	for i := 0; i < len(text); i += 4 {
		words = append(words, binary.LittleEndian.Uint32(padded[i:]))
	}
	p.conn.Send(opChangeProperty, 0, words...)
	p.do()
}

// write writes numbers at a window under a name, as programs and window managers do.
func (p *painter) write(w x11.ID, name string, numbers ...uint32) {
	p.t.Helper()
	const opInternAtom, cardinal = 16, 6
	padded := []byte(name + "\x00\x00\x00")
	words := []uint32{uint32(len(name))}
	for i := 0; i < len(name); i += 4 {
		words = append(words, binary.LittleEndian.Uint32(padded[i:]))
	}
	p.conn.Send(opInternAtom, 0, words...)
	p.do()
	atom, err := p.conn.Atom(name)
	if err != nil || atom == 0 {
		p.t.Fatalf("no name %s: %v", name, err)
	}
	p.conn.Send(opChangeProperty, 0, append([]uint32{uint32(w), uint32(atom), cardinal, 32, uint32(len(numbers))}, numbers...)...)
	p.do()
}

// manage takes a window away from window managers, as they do with their own.
func (p *painter) manage(w x11.ID) {
	const overrideRedirect = 1 << 9
	p.conn.Send(opChangeAttributes, 0, uint32(w), overrideRedirect, 1)
	p.do()
}

// point moves the pointer.
func (p *painter) point(x, y int) {
	p.conn.Send(opWarpPointer, 0, 0, uint32(p.conn.Root), 0, 0, pair(x, y))
	p.do()
}

// shapePointer makes the pointer a box of 8 by 8 that points with its corner.
func (p *painter) shapePointer(c color.RGBA) {
	const foreground, cursor = 1 << 2, 1 << 14
	bits, gc, shape := p.conn.NewID(), p.conn.NewID(), p.conn.NewID()
	p.conn.Send(opCreatePixmap, 1, uint32(bits), uint32(p.conn.Root), pair(8, 8))
	p.conn.Send(opCreateGC, 0, uint32(gc), uint32(bits), foreground, 1)
	p.conn.Send(opFillRectangle, 0, uint32(bits), uint32(gc), 0, pair(8, 8))
	full := func(v uint8) int { return int(v) * 257 }
	p.conn.Send(opCreateCursor, 0, uint32(shape), uint32(bits), uint32(bits),
		pair(full(c.R), full(c.G)), pair(full(c.B), full(c.R)), pair(full(c.G), full(c.B)), pair(0, 0))
	p.conn.Send(opChangeAttributes, 0, uint32(p.conn.Root), cursor, uint32(shape))
	p.do()
}

// record opens a target, and closes it with the test.
func record(t testing.TB, target string, want camera.Format) camera.Source {
	t.Helper()
	parsed, err := ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	src, err := Open(t.Context(), parsed, want)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

func next(t testing.TB, src camera.Source) *media.Frame {
	t.Helper()
	f, err := src.Next(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// spot is a pixel and what it should be.
type spot struct {
	x, y int
	c    color.RGBA
}

// await returns once a picture of this size has all the spots. Some from before
// may come first; the test's own time limit ends the wait for one that never comes.
func await(t *testing.T, src camera.Source, size image.Point, spots ...spot) {
	t.Helper()
	for began := time.Now(); ; {
		f := next(t, src)
		wrong := mismatch(f, size, spots)
		f.Release()
		if wrong == "" {
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal(wrong)
		}
	}
}

func mismatch(f *media.Frame, size image.Point, spots []spot) string {
	if got := f.Image.Rect.Size(); got != size {
		return fmt.Sprintf("the picture is %v instead of %v", got, size)
	}
	shown := image.NewRGBA(f.Image.Rect)
	codec.ToRGBA(shown, f.Image)
	for _, s := range spots {
		if got := shown.RGBAAt(s.x, s.y); !near(got, s.c) {
			return fmt.Sprintf("at %d,%d is %v instead of %v", s.x, s.y, got, s.c)
		}
	}
	return ""
}

func near(a, b color.RGBA) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
		if d < -8 || d > 8 {
			return false
		}
	}
	return true
}
