package device

import "sync/atomic"

// ringSize is the capacity of a ring in samples; a power of two. Of mono it is
// 683 ms, of stereo 341 ms.
const ringSize = 1 << 15

// ring hands samples from one goroutine or thread to one other without locks.
type ring struct {
	samples [ringSize]int16
	written atomic.Uint64 // samples ever written, changed by the writer only
	read    atomic.Uint64 // samples ever read, changed by the reader only
}

// len returns how many samples can be read.
func (r *ring) len() int { return int(r.written.Load() - r.read.Load()) }

// write adds as many samples as fit and returns how many that were.
func (r *ring) write(in []int16) int {
	w := r.written.Load()
	n := min(len(in), ringSize-int(w-r.read.Load()))
	at := int(w % ringSize)
	copied := copy(r.samples[at:], in[:n])
	copy(r.samples[:], in[copied:n])
	r.written.Store(w + uint64(n))
	return n
}

// take moves up to len(out) samples into out and returns how many.
func (r *ring) take(out []int16) int {
	at := r.read.Load()
	n := min(len(out), int(r.written.Load()-at))
	from := int(at % ringSize)
	copied := copy(out[:n], r.samples[from:])
	copy(out[copied:n], r.samples[:])
	r.read.Store(at + uint64(n))
	return n
}

// drop forgets the oldest n samples, or fewer if there are fewer.
func (r *ring) drop(n int) { r.read.Add(uint64(min(n, r.len()))) }
