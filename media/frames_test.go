package media

import (
	"encoding/binary"
	"image"
	"runtime"
	"testing"
)

func TestFramesBeforeTheFirst(t *testing.T) {
	var f Frames
	if p, fresh := f.Front(); p != nil || fresh {
		t.Error("a picture before the first")
	}
	f.Back(4, 4)
	if p, fresh := f.Front(); p != nil || fresh {
		t.Error("a picture before it was published")
	}
}

func TestFramesShowTheNewestOnce(t *testing.T) {
	var f Frames
	for n := uint8(1); n < 10; n++ {
		for i := range n { // some are never seen
			f.Back(4, 4).Pix[0] = n*10 + i
			f.Publish()
		}
		p, fresh := f.Front()
		if !fresh || p.Pix[0] != n*10+n-1 {
			t.Errorf("got %d, %v", p.Pix[0], fresh)
		}
		if again, fresh := f.Front(); fresh || again != p {
			t.Error("a picture that is not new was called new")
		}
	}
}

func TestFramesFollowTheSize(t *testing.T) {
	var f Frames
	for _, size := range []image.Point{{4, 4}, {8, 2}, {1, 1}, {4, 4}} {
		b := f.Back(size.X, size.Y)
		if b.Rect.Size() != size || b.Stride != 4*size.X {
			t.Errorf("%v with stride %d for %v", b.Rect, b.Stride, size)
		}
		f.Publish()
		if p, fresh := f.Front(); !fresh || p.Rect.Size() != size {
			t.Errorf("%v, %v for %v", p.Rect, fresh, size)
		}
	}
}

// One writes, one reads, as fast as they can: no picture is torn, none comes
// twice as new or after a newer one. The race detector watches the buffers.
func TestFramesUnderLoad(t *testing.T) {
	const pictures = 20000
	var f Frames
	go func() {
		for n := range uint64(pictures) {
			b := f.Back(8, 8)
			for i := 0; i < len(b.Pix); i += 8 {
				binary.LittleEndian.PutUint64(b.Pix[i:], n+1)
			}
			f.Publish()
		}
	}()
	for last := uint64(0); last < pictures; {
		p, fresh := f.Front()
		if !fresh {
			runtime.Gosched()
			continue
		}
		n := binary.LittleEndian.Uint64(p.Pix)
		for i := 0; i < len(p.Pix); i += 8 {
			if binary.LittleEndian.Uint64(p.Pix[i:]) != n {
				t.Fatalf("picture %d is torn", n)
			}
		}
		if n <= last {
			t.Fatalf("picture %d after %d", n, last)
		}
		last = n
	}
}
