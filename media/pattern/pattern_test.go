package pattern

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"parley/media"
)

// painter is what all pictures of the package can do.
type painter interface{ Paint(*media.Frame) }

func stillFrame(w, h int) *media.Frame {
	var pool media.Pool
	f := pool.Get(w, h)
	NewStill(w, h).Paint(f)
	return f
}

func painters(w, h int) map[string]painter {
	return map[string]painter{"bars": NewBars(w, h), "placeholder": NewPlaceholder(w, h), "still": NewStill(w, h)}
}

func TestEverySizePaints(t *testing.T) {
	var pool media.Pool
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 5}, {17, 9}, {79, 39}, {161, 91}, {640, 360}, {360, 640}} {
		for name, p := range painters(size[0], size[1]) {
			for i := range 4 {
				f := pool.Get(size[0], size[1])
				f.Number, f.Captured = uint64(i), time.Time{}.Add(time.Duration(i)*time.Hour)
				p.Paint(f)
				f.Release()
			}
			p.Paint(pool.Get(size[0]+1, size[1])) // another size: left alone
			_ = name
		}
	}
}

func TestMotion(t *testing.T) {
	var pool media.Pool
	moves := map[string]bool{"bars": true, "placeholder": true, "still": false}
	for name, p := range painters(320, 180) {
		one, two := pool.Get(320, 180), pool.Get(320, 180)
		one.Captured, two.Captured = captured, captured.Add(time.Second/2)
		two.Number = 15
		p.Paint(one)
		p.Paint(two)
		below := 12 * 180 / gridRows * 320 // apart from the code
		if moved := !bytes.Equal(one.Image.Y[below:], two.Image.Y[below:]); moved != moves[name] {
			t.Errorf("%s: moved is %v", name, moved)
		}
	}
}

func TestStudioRangeIsKept(t *testing.T) {
	var pool media.Pool
	for name, p := range painters(640, 360) {
		f := pool.Get(640, 360)
		f.Captured = captured
		p.Paint(f)
		if low, high := slices.Min(f.Image.Y), slices.Max(f.Image.Y); low < 16 || high > 235 {
			t.Errorf("%s: luma from %d to %d", name, low, high)
		}
		for _, plane := range [][]byte{f.Image.Cb, f.Image.Cr} {
			if low, high := slices.Min(plane), slices.Max(plane); low < 16 || high > 240 {
				t.Errorf("%s: chroma from %d to %d", name, low, high)
			}
		}
	}
}

func TestStillIsDark(t *testing.T) {
	f := stillFrame(640, 360)
	sum := 0
	for _, v := range f.Image.Y {
		sum += int(v)
	}
	if mean := sum / len(f.Image.Y); mean > 40 {
		t.Errorf("mean luma is %d", mean)
	}
}

func TestPaintingAllocatesNothing(t *testing.T) {
	var pool media.Pool
	f := pool.Get(640, 360)
	f.Captured = captured
	for name, p := range painters(640, 360) {
		if n := testing.AllocsPerRun(20, func() { p.Paint(f) }); n != 0 {
			t.Errorf("%s: %v allocations a frame", name, n)
		}
	}
}

func TestSine(t *testing.T) {
	s := NewSine(1000, 0.5)
	out := make([]int16, media.SampleRate)
	for i := 0; i < len(out); i += media.StepSamples {
		s.Fill(out[i : i+media.StepSamples])
	}
	crossings, steepest := 0, 0.0
	for i := 1; i < len(out); i++ {
		if out[i-1] < 0 && out[i] >= 0 {
			crossings++
		}
		steepest = max(steepest, math.Abs(float64(out[i])-float64(out[i-1])))
	}
	if crossings < 999 || crossings > 1000 {
		t.Errorf("%d periods in a second", crossings)
	}
	if limit := 0.5 * math.MaxInt16 * 2 * math.Pi * 1000 / media.SampleRate; steepest > limit+1 {
		t.Errorf("a click: steepest step is %v, a sine's is %v", steepest, limit)
	}
	if peak := slices.Max(out); peak < 16300 || peak > 16384 {
		t.Errorf("peak is %d", peak)
	}
	NewSine(1000, 7).Fill(out) // limited, not wrapped round
}

func BenchmarkPaint(b *testing.B) {
	var pool media.Pool
	f := pool.Get(1280, 720)
	f.Captured = captured
	for name, p := range painters(1280, 720) {
		b.Run(name+"/720p", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Number++
				p.Paint(f)
			}
		})
	}
}
