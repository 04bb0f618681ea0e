package media

import (
	"image"
	"runtime"
	"testing"
)

// luma converts by noting the first pixel's luma.
func luma(dst *image.RGBA, src *image.YCbCr) { dst.Pix[0] = src.Y[0] }

// show shows a new frame of one luma, and gives it back.
func show(s *Screen, pool *Pool, y uint8) {
	f := pool.Get(6, 4)
	defer f.Release()
	f.Image.Y[0] = y
	s.Show(f)
}

func TestScreenConvertsWhatIsWatched(t *testing.T) {
	var pool Pool
	s := Screen{Convert: luma}
	s.Watch(true)
	show(&s, &pool, 99)
	if s.Converted() != 1 || pool.kept() != 1 {
		t.Errorf("converted %d, %d frames are free", s.Converted(), pool.kept())
	}
	if p, fresh := s.Front(); !fresh || p.Pix[0] != 99 || p.Rect.Dx() != 6 {
		t.Error("the frame was not shown")
	}
	if n := testing.AllocsPerRun(50, func() { show(&s, &pool, 1); s.Front() }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestScreenThatNobodyWatchesKeepsTheNewestOnly(t *testing.T) {
	var pool Pool
	s := Screen{Convert: luma}
	for y := range uint8(20) {
		show(&s, &pool, y)
	}
	if s.Converted() != 0 || pool.kept() != 1 {
		t.Fatalf("converted %d, %d frames are free", s.Converted(), pool.kept())
	}
	if n := testing.AllocsPerRun(50, func() { show(&s, &pool, 7) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
	s.Watch(true) // nothing comes after it
	if p, fresh := s.Front(); !fresh || p.Pix[0] != 7 {
		t.Error("what came in the meantime is not shown")
	}
	if _, fresh := s.Front(); fresh || s.Converted() != 1 || pool.kept() != 2 {
		t.Errorf("new again %v, converted %d, %d frames are free", fresh, s.Converted(), pool.kept())
	}
}

func TestScreenShowsTheNewerOfWhatIsKeptAndWhatIsReady(t *testing.T) {
	var pool Pool
	s := Screen{Convert: luma}
	show(&s, &pool, 1)
	s.Watch(true)
	show(&s, &pool, 2)
	if p, fresh := s.Front(); !fresh || p.Pix[0] != 2 {
		t.Error("an old frame is shown")
	}
	show(&s, &pool, 3)
	s.Watch(false)
	show(&s, &pool, 4)
	if p, fresh := s.Front(); !fresh || p.Pix[0] != 4 {
		t.Error("not the newest frame is shown")
	}
	if _, fresh := s.Front(); fresh {
		t.Error("an old frame is shown after a new one")
	}
}

func TestScreenForgets(t *testing.T) {
	var pool Pool
	s := Screen{Convert: luma}
	s.Watch(true)
	show(&s, &pool, 1)
	s.Watch(false)
	show(&s, &pool, 2)
	s.Drop()
	if _, fresh := s.Front(); fresh || pool.kept() != 1 {
		t.Errorf("new %v, %d frames are free", fresh, pool.kept())
	}
}

func TestScreenShrinks(t *testing.T) {
	var pool, small Pool
	s := Screen{Convert: luma, Shrink: func(f *Frame) *Frame {
		half := small.Get(f.Width()/2, f.Height()/2)
		half.Image.Y[0] = f.Image.Y[0]
		return half
	}}
	for _, watched := range []bool{true, false} {
		s.Watch(watched)
		show(&s, &pool, 5)
		if p, fresh := s.Front(); !fresh || p.Pix[0] != 5 || p.Rect.Size() != image.Pt(3, 2) {
			t.Errorf("watched %v: %v, %v", watched, p.Rect, fresh)
		}
	}
	if small.kept() != 1 {
		t.Error("a small frame is kept")
	}
}

// One shows while another one looks, now and then, as fast as they can: pictures
// come in their order, none twice, and the last one comes.
func TestScreenUnderLoad(t *testing.T) {
	const pictures = 20000
	s := Screen{Convert: func(dst *image.RGBA, src *image.YCbCr) {
		for i := range 3 {
			dst.Pix[i] = src.Y[i]
		}
	}}
	go func() {
		var pool Pool
		for n := range pictures {
			f := pool.Get(4, 4)
			f.Image.Y[0], f.Image.Y[1], f.Image.Y[2] = uint8(n), uint8(n>>8), uint8(n>>16)
			s.Show(f)
			f.Release()
		}
	}()
	for last, looks := -1, 0; last < pictures-1; looks++ {
		s.Watch(looks%7 < 3)
		p, fresh := s.Front()
		if !fresh {
			runtime.Gosched()
			continue
		}
		n := int(p.Pix[0]) | int(p.Pix[1])<<8 | int(p.Pix[2])<<16
		if n <= last {
			t.Fatalf("picture %d after %d", n, last)
		}
		last = n
	}
}
