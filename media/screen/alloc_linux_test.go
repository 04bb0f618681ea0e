package screen

import (
	"image"
	"testing"

	"parley/media/camera"
)

// Once it runs, taking a picture allocates nothing, whatever has changed.
func TestCaptureAllocatesNothing(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(10, 10, 410, 310), red)
	for target, want := range map[string]camera.Format{
		"screen": {}, windowID(w): {}, "screen@301x201+10+10": {Width: 100, Height: 100},
	} {
		src := record(t, target, want).(*capture)
		src.beat.interval = 0
		next(t, src).Release()
		n := 0
		allocated := testing.AllocsPerRun(50, func() {
			n++
			p.clear(w, image.Rect(0, 0, n, n))
			p.point(n, 2*n)
			next(t, src).Release()
		})
		if allocated > 0 {
			t.Errorf("%s: %v allocations a picture", target, allocated)
		}
	}
}

func BenchmarkCapture(b *testing.B) {
	p := newDisplay(b, 1920, 1080)
	for _, c := range []struct {
		name string
		area image.Rectangle
		want camera.Format
	}{
		{"all", image.Rect(0, 0, 1920, 1080), camera.Format{}},
		{"line", image.Rect(0, 500, 1920, 520), camera.Format{}},
		{"all720p", image.Rect(0, 0, 1920, 1080), camera.Format{Width: 1280, Height: 720}},
		{"nothing", image.Rectangle{}, camera.Format{}},
	} {
		b.Run(c.name, func(b *testing.B) { benchmark(b, p, c.area, c.want) })
	}
}

// benchmark measures one look at the screen after an area was painted.
func benchmark(b *testing.B, p *painter, area image.Rectangle, want camera.Format) {
	b.Helper()
	opened, err := Open(b.Context(), Target{}, want)
	if err != nil {
		b.Fatal(err)
	}
	src := opened.(*capture)
	defer func() { _ = src.Close() }()
	b.ReportAllocs()
	for b.Loop() {
		if !area.Empty() {
			b.StopTimer()
			p.clear(p.conn.Root, area)
			b.StartTimer()
		}
		f, err := src.look()
		if err != nil {
			b.Fatal(err)
		}
		if f != nil {
			f.Release()
		}
	}
}
