//go:build linux

package screen

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
	"parley/media/pattern"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// display is an X server of our own, into whose frame buffer we can paint.
type display struct {
	buffer *os.File
	start  int64 // of the pixels in it
	size   image.Point
}

// newDisplay starts Xvfb and makes it the display of this process.
func newDisplay(t *testing.T, w, h int) *display {
	t.Helper()
	dir := t.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-fbdir", dir, "-nolisten", "tcp", "-noreset", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h))
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
	return openBuffer(t, filepath.Join(dir, "Xvfb_screen0"))
}

// openBuffer finds the pixels behind the header of an XWD file.
func openBuffer(t *testing.T, path string) *display {
	t.Helper()
	buffer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { buffer.Close() })
	var header [25]uint32
	if err := binary.Read(buffer, binary.BigEndian, &header); err != nil {
		t.Fatal(err)
	}
	const headerSize, width, height, colours, colourSize = 0, 4, 5, 19, 12
	return &display{
		buffer, int64(header[headerSize]) + colourSize*int64(header[colours]),
		image.Pt(int(header[width]), int(header[height])),
	}
}

// paint fills the screen with bars that carry a number.
func (d *display) paint(t *testing.T, number uint64) *image.RGBA {
	t.Helper()
	var pool media.Pool
	f := pool.Get(d.size.X, d.size.Y)
	f.Number = number
	pattern.NewBars(d.size.X, d.size.Y).Paint(f)
	picture := image.NewRGBA(f.Image.Rect)
	codec.ToRGBA(picture, f.Image)
	bgrx := make([]byte, len(picture.Pix))
	for i := 0; i < len(bgrx); i += 4 {
		bgrx[i], bgrx[i+1], bgrx[i+2] = picture.Pix[i+2], picture.Pix[i+1], picture.Pix[i]
	}
	if _, err := d.buffer.WriteAt(bgrx, d.start); err != nil {
		t.Fatal(err)
	}
	return picture
}

func next(t *testing.T, src camera.Source) *media.Frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	f, err := src.Next(ctx, 5)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// await returns the first picture with this number; some from before may come first.
func await(t *testing.T, src camera.Source, number uint64) *media.Frame {
	t.Helper()
	for range 100 {
		f := next(t, src)
		if code, ok := pattern.Read(f.Image); ok && uint64(code.Number) == number {
			return f
		}
		f.Release()
	}
	t.Fatalf("number %d was not seen", number)
	return nil
}

func TestScreenIsRecorded(t *testing.T) {
	d := newDisplay(t, 640, 360)
	if err := Drivers(); err != nil {
		t.Fatal(err)
	}
	if list := List(); len(list) != 1 || !list[0].Default || list[0].Kind != media.Camera {
		t.Fatalf("%+v", list)
	}
	src, err := Open(t.Context(), List()[0].ID, camera.Format{Rate: 30})
	if err != nil {
		t.Fatal(err)
	}
	for number := range uint64(3) {
		painted := d.paint(t, number)
		f := await(t, src, number)
		shown := image.NewRGBA(f.Image.Rect)
		codec.ToRGBA(shown, f.Image)
		if off := farthest(painted, shown); off > 8 {
			t.Errorf("the colours are off by up to %d", off)
		}
		f.Release()
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

// farthest returns the largest difference in the middles of the colour bars.
func farthest(a, b *image.RGBA) int {
	most := 0
	for bar := range 8 {
		at := a.PixOffset((2*bar+1)*a.Rect.Dx()/16, a.Rect.Dy()/8)
		for i := range 3 {
			x, y := int(a.Pix[at+i]), int(b.Pix[at+i])
			most = max(most, x-y, y-x)
		}
	}
	return most
}

func TestLargeScreenIsScaledDown(t *testing.T) {
	d := newDisplay(t, 1600, 1200)
	d.paint(t, 9)
	src, err := Open(t.Context(), "", camera.Format{Width: 800, Height: 450, Rate: 20})
	if err != nil {
		t.Fatal(err)
	}
	f := next(t, src)
	if size := f.Image.Rect.Size(); size != image.Pt(600, 450) {
		t.Errorf("size %v", size)
	}
	if code, ok := pattern.Read(f.Image); !ok || code.Number != 9 || f.Number != 5 {
		t.Errorf("read %+v, %v", code, ok)
	}
	f.Release()
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestScreenIsPaced(t *testing.T) {
	newDisplay(t, 320, 180)
	src, err := Open(t.Context(), "", camera.Format{Rate: 10})
	if err != nil {
		t.Fatal(err)
	}
	next(t, src).Release()
	began := time.Now()
	for range 5 {
		next(t, src).Release()
	}
	if took := time.Since(began); took < 350*time.Millisecond {
		t.Errorf("5 frames of 10 a second took %v", took)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoScreen(t *testing.T) {
	newDisplay(t, 320, 180)
	if _, err := Open(t.Context(), "another", camera.Format{}); !errors.Is(err, ErrNoScreen) {
		t.Error(err)
	}
	t.Setenv("DISPLAY", ":99999")
	if err := Drivers(); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
	if _, err := Open(t.Context(), "", camera.Format{}); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
	if list := List(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
