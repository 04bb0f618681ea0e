package device

import (
	"encoding/binary"
	"testing"
	"unsafe"
)

// bytesOf views samples as the bytes that a device hands over.
func bytesOf(pcm []int16) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(pcm))), 2*len(pcm))
}

func TestCapture_Data_CopiesAndWakes(t *testing.T) {
	woken := 0
	c := NewCapture(1, func() { woken++ })
	if n, at := c.Delivered(); n != 0 || !at.IsZero() {
		t.Errorf("before the first callback %d frames were delivered at %v", n, at)
	}
	c.Data(nil, bytesOf([]int16{1, -2, 3, 4}), 4)
	heard := make([]int16, 4)
	if n := c.Take(heard); n != 4 || heard[1] != -2 {
		t.Errorf("captured %v", heard[:n])
	}
	if n, at := c.Delivered(); n != 4 || at.IsZero() || c.Beats() != 1 || woken != 0 {
		t.Errorf("%d frames delivered at %v in %d callbacks, woken %d times", n, at, c.Beats(), woken)
	}
	c.Data(nil, bytesOf(make([]int16, 479)), 479)
	if woken != 0 {
		t.Error("woken for less than a step")
	}
	c.Data(nil, bytesOf(make([]int16, 1)), 1)
	if woken != 1 {
		t.Error("not woken for a step")
	}
}

func TestCapture_Stereo_CountsFrames(t *testing.T) {
	c := NewCapture(2, func() {})
	c.Data(nil, bytesOf([]int16{1, 2, 3, 4, 5, 6}), 3)
	out := make([]int16, 5)
	if n := c.Take(out); n != 2 || out[3] != 4 || c.Len() != 1 {
		t.Errorf("took %d frames, %v, and %d are left", n, out, c.Len())
	}
	c.Drop(7)
	if n, _ := c.Delivered(); n != 3 || c.Len() != 0 || c.Taken() != 3 {
		t.Errorf("%d delivered, %d taken, %d left", n, c.Taken(), c.Len())
	}
}

func TestPlayback_Data_FillsWithSilence(t *testing.T) {
	woken := 0
	p := NewPlayback(Period, func() { woken++ })
	p.Write([]int16{5, 6, 7, 8})
	out := []int16{9, 9, 9, 9, 9, 9}
	p.Data(bytesOf(out), nil, 3)
	for i, want := range []int16{5, 6, 7, 8, 0, 0} {
		if got := int16(binary.NativeEndian.Uint16(bytesOf(out)[2*i:])); got != want {
			t.Errorf("sample %d played as %d, want %d", i, got, want)
		}
	}
	if d := p.Demand(); d.Asked != 3 || d.Last != 3 || d.Waiting != 0 || p.Starved() != 1 || p.Beats() != 1 {
		t.Errorf("%+v; starved %d, beats %d", d, p.Starved(), p.Beats())
	}
	if woken != 0 {
		t.Error("woken without asking for it")
	}
	p.Rouse(true)
	p.Data(bytesOf(out), nil, 3)
	if woken != 1 {
		t.Error("not woken")
	}
}

func TestPlayback_Lowest_IsWhatWasLeftOver(t *testing.T) {
	p := NewPlayback(Period, func() {})
	if _, known := p.Lowest(); known {
		t.Error("knows before the first callback")
	}
	p.Write(make([]int16, 2000))
	for range 3 {
		p.Data(make([]byte, 4*100), nil, 100)
	}
	p.Write(make([]int16, 2000))
	if n, known := p.Lowest(); n != 700 || !known {
		t.Errorf("lowest %d, %v; want 700", n, known)
	}
	if _, known := p.Lowest(); known {
		t.Error("nothing was taken since")
	}
}

func TestData_OddCounts(t *testing.T) {
	c, p := NewCapture(1, func() {}), NewPlayback(Period, func() {})
	for _, n := range []int{0, 1, 2, 3, 5, 479, 481, 20000, 40001, 80001} {
		c.Data(nil, make([]byte, n), uint32(n/2))
		p.Data(make([]byte, n), nil, uint32(n/4))
	}
	c.Data(nil, nil, 0)
	p.Data(nil, nil, 0)
	if c.Len() != ringSize || c.Lost() == 0 {
		t.Errorf("captured %d, lost %d", c.Len(), c.Lost())
	}
}

func TestData_DoesNotAllocate(t *testing.T) {
	wake := make(chan struct{}, 1)
	post := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	c, p := NewCapture(1, post), NewPlayback(Period, post)
	p.Rouse(true)
	in, out := make([]byte, 960), make([]byte, 1920)
	if n := testing.AllocsPerRun(1000, func() { c.Data(nil, in, 480); p.Data(out, nil, 480) }); n != 0 {
		t.Errorf("%v allocations per callback", n)
	}
}

func BenchmarkData(b *testing.B) {
	wake := make(chan struct{}, 1)
	post := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	c, p := NewCapture(1, post), NewPlayback(Period, post)
	in, out, step := make([]byte, 960), make([]byte, 1920), make([]int16, 960)
	b.ReportAllocs()
	for b.Loop() {
		p.Write(step)
		c.Data(nil, in, 480)
		p.Data(out, nil, 480)
		c.Drop(480)
	}
}
