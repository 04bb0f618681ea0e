//go:build e2e

package videobench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"parley/media/codec"
	"parley/media/pattern"
	"parley/media/screen/x11"
	"parley/ui/e2e/lab"
)

// Of the text that is shown: how high all of it is, and how far it moves at once,
// in pixels.
const (
	textHeight = 3200
	textStep   = 30
	textFont   = "../../../assets/fonts/ParleySans-Regular.otf"
)

// Requests of the X protocol that paint.
const (
	opCreatePixmap = 53
	opCreateGC     = 55
	opCopyArea     = 62
	opPutImage     = 72
)

// desk is a desktop with a page of text on it that can be moved, as a program that
// scrolls moves it, and a bar code that numbers what is to be seen.
type desk struct {
	b    *testing.B
	conn *x11.Conn
	gc   x11.ID
	text x11.ID
	code image.Rectangle // where the bar code is
	bars *image.YCbCr
	bgra []byte
}

// newDesk makes a desktop of full HD, the display of this process from then on.
func newDesk(b *testing.B) *desk {
	b.Helper()
	size := fullHD()
	b.Setenv("DISPLAY", lab.NewDisplay(b, size.X, size.Y).Name)
	b.Setenv("WAYLAND_DISPLAY", "")
	conn, err := x11.Dial(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	d := &desk{b: b, conn: conn, gc: conn.NewID(), text: conn.NewID(), bars: image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)}
	const subwindowMode, includeInferiors = 1 << 15, 1
	conn.Send(opCreateGC, 0, uint32(d.gc), uint32(conn.Root), subwindowMode, includeInferiors)
	conn.Send(opCreatePixmap, conn.Depth, uint32(d.text), uint32(conn.Root), uint32(size.X)|textHeight<<16)
	d.put(d.text, image.Rect(0, 0, size.X, textHeight), letters(b, size.X), 4*size.X)
	d.code = codeArea(size)
	return d
}

// codeArea is the part of a picture that the bar code changes.
func codeArea(size image.Point) image.Rectangle {
	grey := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	for i := range grey.Y {
		grey.Y[i] = 128
	}
	pattern.Write(grey, pattern.CodeOf(0, time.Time{}))
	var r image.Rectangle
	for y := range size.Y {
		for x := range size.X {
			if grey.Y[y*grey.YStride+x] != 128 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

// letters renders words in two columns, as BGRA: black on white, as an editor does.
func letters(b *testing.B, width int) []byte {
	b.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	var text strings.Builder
	for range textHeight / 12 {
		for range 12 + random.IntN(14) {
			for range 2 + random.IntN(8) {
				text.WriteByte("etaoinshrdlucmfwypvbgkqjxz"[min(25, random.IntN(14)+random.IntN(13))])
			}
			text.WriteByte(' ')
		}
		text.WriteByte('\n')
	}
	cmd := exec.CommandContext(b.Context(), "convert", "-size", fmt.Sprintf("%dx%d", width, textHeight), "xc:white", "-fill", "#1C1C1A", "-font", textFont,
		"-pointsize", "15", "-annotate", "+24+24", text.String(), "-depth", "8", "bgra:-")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil || len(out) != 4*width*textHeight {
		b.Fatalf("the page is %d bytes: %v %s", len(out), err, complaint.String())
	}
	return out
}

// put uploads pixels, in pieces as large as a request may be.
func (d *desk) put(to x11.ID, r image.Rectangle, pixels []byte, stride int) {
	d.b.Helper()
	const zPixmap, most = 2, 200_000
	rows := max(1, most/(4*r.Dx()))
	for y := 0; y < r.Dy(); y += rows {
		n := min(rows, r.Dy()-y)
		words := make([]uint32, 0, 5+n*r.Dx())
		words = append(words, uint32(to), uint32(d.gc), uint32(r.Dx())|uint32(n)<<16, uint32(r.Min.X)|uint32(r.Min.Y+y)<<16, uint32(d.conn.Depth)<<8)
		for row := range n {
			line := pixels[(y+row)*stride:]
			for x := range r.Dx() {
				words = append(words, binary.LittleEndian.Uint32(line[4*x:]))
			}
		}
		d.conn.Send(opPutImage, zPixmap, words...)
		if err := d.conn.Check(); err != nil {
			d.b.Fatal(err)
		}
	}
}

// show shows the page as it is after so many steps, with their number and the time.
func (d *desk) show(step int) {
	d.b.Helper()
	size, room := fullHD(), textHeight-fullHD().Y
	from := step * textStep % room
	pattern.Write(d.bars, pattern.CodeOf(uint64(step), time.Now()))
	if d.bgra == nil {
		d.bgra = make([]byte, 4*size.X*size.Y)
	}
	rgba := &image.RGBA{Pix: d.bgra, Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}
	codec.ToRGBA(rgba, d.bars) // black and white alone: red and blue are the same
	// The text around the code, so that both change at once.
	c := d.code
	for _, r := range []image.Rectangle{
		image.Rect(0, 0, size.X, c.Min.Y), image.Rect(0, c.Max.Y, size.X, size.Y),
		image.Rect(0, c.Min.Y, c.Min.X, c.Max.Y), image.Rect(c.Max.X, c.Min.Y, size.X, c.Max.Y),
	} {
		d.conn.Send(opCopyArea, 0, uint32(d.text), uint32(d.conn.Root), uint32(d.gc), uint32(r.Min.X)|uint32(r.Min.Y+from)<<16,
			uint32(r.Min.X)|uint32(r.Min.Y)<<16, uint32(r.Dx())|uint32(r.Dy())<<16)
	}
	d.put(d.conn.Root, c, d.bgra[4*(c.Min.Y*size.X+c.Min.X):], 4*size.X)
}
