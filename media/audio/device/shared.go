package device

// #include "callback.h"
import "C"

import (
	"runtime/cgo"
	"sync/atomic"
	"unsafe"
)

// ringSize is the capacity of a ring in samples; a power of two. Of mono it is
// 683 ms, of stereo 341 ms.
const ringSize = C.PARLEY_RING

// shared is what a callback in C and the program's side of it share; see
// callback.h for what is what. It hands samples from one thread to another
// without locks.
//
// The callback is in C because a thread of the sound system calls it up to a
// thousand times a second: entering Go costs many times what there is to do, as
// it wakes the scheduler, and malgo's way there takes a lock.
type shared struct {
	samples [ringSize]int16

	written, read    atomic.Uint64
	beats, ends      atomic.Uint64
	missed, taken    atomic.Uint64
	at, size, lowest atomic.Int64

	latency atomic.Int64

	begun    int64
	wake     uint64
	stream   uint64
	ask      uint64
	channels uint32
	rouse    atomic.Uint32
	step     uint32
	period   uint32
	magic    uint32
}

// The two descriptions are of one size, or this does not compile.
var _ [unsafe.Sizeof(shared{})]byte = [C.sizeof_parley_shared]byte{}

func (s *shared) c() *C.parley_shared { return (*C.parley_shared)(unsafe.Pointer(s)) }

// begin readies s before it is shared.
func (s *shared) begin(channels, period int) {
	s.begun = int64(C.parley_clock())
	s.channels, s.period, s.magic = uint32(channels), uint32(period), C.PARLEY_MAGIC
	s.lowest.Store(ringSize)
}

// len returns how many samples can be read.
func (s *shared) len() int { return int(s.written.Load() - s.read.Load()) }

// write adds as many samples as fit and returns how many that were.
func (s *shared) write(in []int16) int {
	w := s.written.Load()
	n := min(len(in), ringSize-int(w-s.read.Load()))
	at := int(w % ringSize)
	copied := copy(s.samples[at:], in[:n])
	copy(s.samples[:], in[copied:n])
	s.written.Store(w + uint64(n))
	return n
}

// move moves up to len(out) samples into out and returns how many.
func (s *shared) move(out []int16) int {
	at := s.read.Load()
	n := min(len(out), int(s.written.Load()-at))
	from := int(at % ringSize)
	copied := copy(out[:n], s.samples[from:])
	copy(out[copied:n], s.samples[:])
	s.read.Store(at + uint64(n))
	return n
}

// between calls read while no callback runs, so that what it reads fits together,
// and reports whether it does. A callback lasts for a microsecond or two; one that
// was interrupted in the midst is not waited for.
func (s *shared) between(read func()) (fits bool) {
	for range 100 {
		beats := s.beats.Load()
		if s.ends.Load() != beats {
			continue
		}
		if read(); s.beats.Load() == beats {
			return true
		}
	}
	read()
	return false
}

// drop forgets the oldest n samples, or fewer if there are fewer.
func (s *shared) drop(n int) { s.read.Add(uint64(min(n, s.len()))) }

// samplesOf views bytes in the machine's order as whole frames.
func samplesOf(b []byte, channels int) []int16 {
	frames := len(b) / 2 / channels
	if frames == 0 {
		return nil
	}
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(b))), frames*channels)
}

// parleyWake wakes the program's side, on a thread of the sound system.
//
//export parleyWake
func parleyWake(handle C.uint64_t) {
	if wake, ok := cgo.Handle(handle).Value().(func()); ok {
		wake()
	}
}
