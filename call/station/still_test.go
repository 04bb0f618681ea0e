package station

import (
	"errors"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/media"
	"parley/media/album"
)

// red is a picture of pure red in studio range (BT.601).
func red(pool *media.Pool, width, height int) *media.Frame {
	f := pool.Get(width, height)
	for plane, value := range map[*[]byte]byte{&f.Image.Y: 81, &f.Image.Cb: 90, &f.Image.Cr: 240} {
		for i := range *plane {
			(*plane)[i] = value
		}
	}
	return f
}

func TestStill_FullSizeAndColours(t *testing.T) {
	var n newest
	var pool media.Pool
	for _, width := range []int{320, 641} { // the newest counts, whatever its size
		f := red(&pool, width, 361)
		n.Show(f)
		f.Release()
	}
	frame := n.now()
	n.forget() // the picture of the moment is saved, even if the call ends meanwhile
	picture, err := inColours(frame)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_PICTURES_DIR", t.TempDir())
	path, err := putPicture(picture, album.Name("Ann", time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	c := color.RGBAModel.Convert(got.At(640, 360)).(color.RGBA)
	if s := got.Bounds().Size(); s.X != 641 || s.Y != 361 || c.R < 250 || c.G > 5 || c.B > 5 || c.A != 255 {
		t.Errorf("%v, %v", s, c)
	}
	if !strings.HasPrefix(filepath.Base(path), "Parley Ann ") {
		t.Errorf("saved as %s", path)
	}
	if _, err := inColours(n.now()); !errors.Is(err, errNoPicture) {
		t.Errorf("after the call: %v", err)
	}
}

// The window's goroutine takes the picture: it must not wait for a copy of it.
func TestStill_IsTakenWithoutACopy(t *testing.T) {
	var n newest
	var pool media.Pool
	f := red(&pool, 64, 36)
	defer f.Release()
	n.Show(f)
	defer n.forget()
	took := n.now()
	defer took.Release()
	if took != f {
		t.Error("it is another")
	}
}

func TestStill_Notices(t *testing.T) {
	for code, err := range map[string]error{
		"pictureNone": errNoPicture, "pictureDiskFull": syscall.ENOSPC, "pictureNotAllowed": os.ErrPermission, "pictureFailed": errors.New("broken"),
	} {
		n := pictureNotice(&os.PathError{Op: "write", Err: err}, time.Now())
		if n.Code != code || n.Args["folder"] == "" {
			t.Errorf("%v: %+v", err, n)
		}
	}
}
