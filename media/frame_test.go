package media

import (
	"image"
	"sync"
	"testing"
)

func TestPoolFramesAreTight(t *testing.T) {
	var pool Pool
	for _, size := range []image.Point{{1, 1}, {2, 2}, {3, 5}, {640, 360}, {641, 361}} {
		f := pool.Get(size.X, size.Y)
		cw, ch := (size.X+1)/2, (size.Y+1)/2
		if f.Width() != size.X || f.Height() != size.Y || f.Image.SubsampleRatio != image.YCbCrSubsampleRatio420 {
			t.Errorf("%v: %v", size, f.Image.Rect)
		}
		if f.Image.YStride != size.X || f.Image.CStride != cw || len(f.Image.Y) != size.X*size.Y || len(f.Image.Cb) != cw*ch || len(f.Image.Cr) != cw*ch {
			t.Errorf("%v: strides %d and %d, %d luma and %d chroma samples", size, f.Image.YStride, f.Image.CStride, len(f.Image.Y), len(f.Image.Cb))
		}
		f.Release()
	}
}

func TestPoolReusesAfterTheLastRelease(t *testing.T) {
	var pool Pool
	f := pool.Get(64, 48)
	f.Retain()
	f.Release()
	if other := pool.Get(64, 48); other == f {
		t.Fatal("a frame was reused while it was held")
	}
	f.Release()
	if again := pool.Get(64, 48); again != f {
		t.Error("a free frame was not reused")
	}
}

func TestPoolKeepsAFewOfTheSizeInUse(t *testing.T) {
	var pool Pool
	var held []*Frame
	for range 3 * maxPooled {
		held = append(held, pool.Get(64, 48))
	}
	for _, f := range held {
		f.Release()
	}
	if n := pool.kept(); n != maxPooled {
		t.Errorf("keeps %d frames", n)
	}
	pool.Get(32, 24).Release()
	if n := pool.kept(); n != 1 {
		t.Errorf("keeps %d frames after a change of size", n)
	}
	for _, f := range pool.free[:cap(pool.free)] {
		if f != nil && f.Width() != 32 {
			t.Fatal("a frame of the old size is kept from the garbage collector")
		}
	}
}

func TestFrameWithoutAPool(t *testing.T) {
	f := &Frame{Image: image.NewYCbCr(image.Rect(0, 0, 2, 2), image.YCbCrSubsampleRatio420)}
	f.Retain().Release() // nothing to give it back to
}

func TestPoolFromManyGoroutines(t *testing.T) {
	var pool Pool
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				f := pool.Get(16+16*(n%2), 16)
				f.Number = uint64(i)
				f.Image.Y[0] = uint8(i)
				if f.Retain().Number != uint64(i) || f.Image.Y[0] != uint8(i) {
					t.Error("two hold the same frame")
				}
				f.Release()
				f.Release()
			}
		})
	}
	all.Wait()
}

func TestPoolAllocatesNothing(t *testing.T) {
	var pool Pool
	if n := testing.AllocsPerRun(100, func() {
		a, b := pool.Get(64, 48), pool.Get(64, 48)
		b.Release()
		a.Release()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
