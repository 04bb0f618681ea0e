package audio

import (
	"encoding/binary"
	"testing"
	"unsafe"
)

// bytesOf views samples as the bytes that a device hands over.
func bytesOf(pcm []int16) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(pcm))), 2*len(pcm))
}

func TestStream_Callback_CopiesBothWays(t *testing.T) {
	woken := 0
	s := newStream(true, true, func() { woken++ })
	s.playback.write([]int16{5, 6, 7})
	out := bytesOf([]int16{9, 9, 9, 9})
	s.data(out, bytesOf([]int16{1, -2, 3, 4}), 4)
	heard := make([]int16, 4)
	if n := s.capture.take(heard); n != 4 || heard[1] != -2 {
		t.Errorf("captured %v", heard[:n])
	}
	for i, want := range []int16{5, 6, 7, 0} {
		if got := int16(binary.NativeEndian.Uint16(out[2*i:])); got != want {
			t.Errorf("sample %d played as %d, want %d", i, got, want)
		}
	}
	if s.starved.Load() != 1 || s.beats.Load() != 1 || woken != 1 {
		t.Errorf("starved %d, beats %d, woken %d", s.starved.Load(), s.beats.Load(), woken)
	}
}

func TestStream_Callback_OddCounts(t *testing.T) {
	s := newStream(true, true, func() {})
	for _, n := range []int{0, 1, 2, 3, 479, 481, 20000, 40001} {
		s.data(make([]byte, n), make([]byte, n), uint32(n/2))
	}
	s.data(nil, nil, 0)
	if s.capture.len() != ringSize || s.lost.Load() == 0 {
		t.Errorf("captured %d, lost %d", s.capture.len(), s.lost.Load())
	}
	one := newStream(true, false, func() {})
	one.data(make([]byte, 960), make([]byte, 960), 480)
	if one.capture.len() != 480 {
		t.Errorf("capture alone took %d", one.capture.len())
	}
}

func TestStream_Callback_DoesNotAllocate(t *testing.T) {
	wake := make(chan struct{}, 1)
	s := newStream(true, true, func() { post(wake) })
	in, out := make([]byte, 960), make([]byte, 960)
	if n := testing.AllocsPerRun(1000, func() { s.data(out, in, 480) }); n != 0 {
		t.Errorf("%v allocations per callback", n)
	}
}

func BenchmarkStream_Callback(b *testing.B) {
	wake := make(chan struct{}, 1)
	s := newStream(true, true, func() { post(wake) })
	in, out := make([]byte, 960), make([]byte, 960)
	b.ReportAllocs()
	for b.Loop() {
		s.data(out, in, 480)
		s.capture.skip()
	}
}
