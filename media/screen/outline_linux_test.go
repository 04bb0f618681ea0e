package screen

import (
	"context"
	"errors"
	"image"
	"image/color"
	"os/exec"
	"testing"
	"time"

	"parley/media/camera"
)

// rim is the colour of the border.
var rim = color.RGBA{outlineColor >> 16, outlineColor >> 8 & 0xff, outlineColor & 0xff, 255}

// outlined records a target with a border, as somebody who reads it all the time.
func outlined(t *testing.T, target string) camera.Source {
	t.Helper()
	parsed, err := ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Outlined = true
	src, err := Open(t.Context(), parsed, quick)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

// onScreen reads pixels back from the screen until they are as they should be,
// while src goes on.
func (p *painter) onScreen(src camera.Source, spots ...spot) {
	p.t.Helper()
	room, err := p.conn.NewSegment(4)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = room.Close() }()
	var wrong spot
	var got color.RGBA
	for began := time.Now(); time.Since(began) < 20*time.Second; {
		ok := true
		for _, s := range spots {
			if err := room.Copy(p.conn.Root, image.Rect(s.x, s.y, s.x+1, s.y+1), 0); err != nil {
				p.t.Fatal(err)
			}
			if got = (color.RGBA{room.Pixels[2], room.Pixels[1], room.Pixels[0], 255}); got != s.c {
				wrong, ok = s, false
				break
			}
		}
		if ok {
			return
		}
		if src != nil {
			next(p.t, src).Release()
		}
	}
	p.t.Fatalf("at %d,%d on the screen is %v instead of %v", wrong.x, wrong.y, got, wrong.c)
}

func TestOutline_FollowsAWindow(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(100, 100, 300, 200), red)
	src := outlined(t, windowID(w))
	p.onScreen(src, spot{97, 97, rim}, spot{200, 98, rim}, spot{302, 150, rim}, spot{200, 202, rim},
		spot{95, 150, grey}, spot{100, 100, red}, spot{299, 199, red}, spot{305, 150, grey})
	await(t, src, image.Pt(200, 100), spot{0, 0, red}, spot{199, 99, red})
	p.move(w, image.Rect(50, 60, 170, 150))
	p.onScreen(src, spot{47, 57, rim}, spot{172, 100, rim}, spot{50, 60, red}, spot{302, 150, grey})
	p.hide(w)
	p.onScreen(src, spot{47, 57, grey}, spot{172, 100, grey})
	p.show(w)
	p.onScreen(src, spot{47, 57, rim})
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	p.onScreen(nil, spot{47, 57, grey}, spot{172, 100, grey}, spot{50, 60, red})
}

func TestOutline_IsAroundTheFrameOfAWindow(t *testing.T) {
	p := newDisplay(t, 640, 360)
	frame := p.open(p.conn.Root, image.Rect(40, 40, 340, 240), blue)
	inner := p.open(frame, image.Rect(10, 30, 290, 190), green)
	src := outlined(t, windowID(inner))
	p.onScreen(src, spot{38, 100, rim}, spot{42, 100, blue}, spot{200, 37, rim}, spot{342, 239, rim})
	p.move(frame, image.Rect(140, 60, 440, 260)) // and nobody tells the window
	p.onScreen(src, spot{138, 100, rim}, spot{38, 100, grey})
	part := outlined(t, windowID(inner)+"@40x30+20+10")
	p.onScreen(part, spot{140 + 10 + 18, 60 + 30 + 20, rim}, spot{140 + 10 + 22, 60 + 30 + 20, green})
}

// Windows that draw their own frames have a shadow around them, which is none of the
// window for who looks at it.
func TestOutline_LeavesTheShadowOut(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(100, 100, 300, 200), red)
	p.write(w, "_GTK_FRAME_EXTENTS", 20, 30, 10, 40)
	src := outlined(t, windowID(w))
	p.onScreen(src, spot{118, 130, rim}, spot{121, 130, red}, spot{272, 130, rim}, spot{200, 108, rim}, spot{200, 162, rim}, spot{98, 130, grey})
	p.write(w, "_GTK_FRAME_EXTENTS", 150, 150, 0, 0) // more than there is
	p.move(w, image.Rect(120, 100, 320, 200))
	p.onScreen(src, spot{118, 130, rim}, spot{322, 130, rim}, spot{121, 130, red})
	p.write(w, "_GTK_FRAME_EXTENTS", 1<<31, 0, 0, 0)
	p.move(w, image.Rect(140, 100, 340, 200))
	p.onScreen(src, spot{138, 130, rim}, spot{342, 130, rim})
}

func TestOutline_IsNotInThePictureOfARegion(t *testing.T) {
	p := newDisplay(t, 640, 360)
	src := outlined(t, "@200x100+50+40")
	p.onScreen(src, spot{48, 60, rim}, spot{100, 38, rim}, spot{252, 60, rim}, spot{100, 142, rim}, spot{50, 40, grey}, spot{249, 139, grey})
	await(t, src, image.Pt(200, 100), spot{0, 0, grey}, spot{199, 99, grey}, spot{0, 99, grey})
	whole := outlined(t, "")
	p.onScreen(whole, spot{1, 100, rim}, spot{638, 358, rim}, spot{5, 300, grey})
}

func TestOutline_IsNotInThePictureOfARegionInACorner(t *testing.T) {
	p := newDisplay(t, 640, 360)
	p.point(400, 300)
	src := outlined(t, "@200x100+0+0")
	p.onScreen(src, spot{202, 50, rim}, spot{202, 1, rim}, spot{100, 102, rim}, spot{1, 102, rim}, spot{0, 0, grey}, spot{100, 1, grey}, spot{1, 50, grey})
	await(t, src, image.Pt(200, 100), spot{0, 0, grey}, spot{199, 0, grey}, spot{0, 99, grey})
}

func TestOutline_LetsClicksThrough(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(100, 100, 300, 200), red)
	src := outlined(t, windowID(w))
	p.onScreen(src, spot{97, 97, rim})
	p.point(97, 97)
	at, err := p.conn.Pointer(p.conn.Root)
	if err != nil || at.Child != 0 {
		t.Errorf("over the border the pointer is over %#x, %v", uint32(at.Child), err)
	}
}

func TestOutline_GoesWithTheWindow(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(100, 100, 300, 200), red)
	src := outlined(t, windowID(w))
	p.onScreen(src, spot{97, 97, rim})
	p.close(w)
	for err := error(nil); !errors.Is(err, ErrGone); {
		f, failed := src.Next(t.Context(), 0)
		if err = failed; f != nil {
			f.Release()
		}
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	p.onScreen(nil, spot{97, 97, grey})
}

// hold presses or releases a button of the pointer.
func (p *painter) hold(button, how string) {
	p.t.Helper()
	if out, err := exec.CommandContext(p.t.Context(), "xdotool", how, button).CombinedOutput(); err != nil {
		p.t.Fatalf("xdotool: %v: %s", err, out)
	}
}

// untilReady waits for the windows of the border, which are made once the pointer
// is held.
func (p *painter) untilReady() {
	p.t.Helper()
	for p.t.Context().Err() == nil {
		_, windows, err := p.conn.Tree(p.conn.Root)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(windows) == 4 {
			return
		}
	}
}

func TestPickRegion(t *testing.T) {
	p := newDisplay(t, 640, 360)
	picked := make(chan Target)
	go func() {
		target, err := PickRegion(t.Context())
		if err != nil {
			t.Error(err)
		}
		picked <- target
	}()
	p.untilReady()
	p.point(100, 80)
	p.hold("1", "mousedown")
	p.onScreen(nil, spot{98, 80, rim}) // it has seen where it begins
	p.point(300, 200)
	p.onScreen(nil, spot{98, 100, rim}, spot{303, 202, rim}, spot{120, 100, grey})
	p.hold("1", "mouseup")
	if got := <-picked; got.Region != image.Rect(100, 80, 301, 201) || got.ID == "" {
		t.Errorf("picked %v", got)
	}
	p.onScreen(nil, spot{98, 100, grey})
}

func TestPickRegion_IsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(p *painter, cancel func())
		want error
	}{
		"by another button": {func(p *painter, _ func()) { p.hold("3", "mousedown") }, ErrDenied},
		"by a key":          {func(p *painter, _ func()) { p.hold("Escape", "keydown") }, ErrDenied},
		"by who asked":      {func(_ *painter, cancel func()) { cancel() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			p := newDisplay(t, 640, 360)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			failed := make(chan error)
			go func() {
				_, err := PickRegion(ctx)
				failed <- err
			}()
			p.untilReady()
			c.do(p, cancel)
			if err := <-failed; !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
