package peer

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/pion/rtp"

	"parley/media"
)

// receiver puts frames together as far as it must to know which are shown.
type receiver struct {
	begun   bool
	next    uint16 // the first packet that is not consumed
	newest  uint16
	packets map[uint16]received
	asked   int
	tries   map[uint16]time.Time
	stuck   time.Time
	wantKey time.Time

	shown  int
	last   time.Time
	gap    time.Duration
	widths map[int]int
	delays []time.Duration // from capture to complete
	grace  time.Duration   // in which what is missing may come without being asked for
}

type received struct {
	marker, first, key bool
	width              int
	captured           time.Time
}

func (r *receiver) take(h rtp.Header, payload []byte) {
	if r.packets == nil {
		r.packets, r.tries = map[uint16]received{}, map[uint16]time.Time{}
	}
	p := received{marker: h.Marker, first: payload[0]&0x10 != 0}
	if p.first {
		p.key = payload[4]&1 == 0
		p.width = int(payload[5])<<8 | int(payload[6])
		p.captured = time.Unix(0, int64(binary.BigEndian.Uint64(payload[8:])))
	}
	switch {
	case !r.begun && p.key:
		r.begun, r.next, r.newest = true, h.SequenceNumber, h.SequenceNumber
	case !r.begun || int16(h.SequenceNumber-r.next) < 0:
		return
	}
	r.packets[h.SequenceNumber] = p
	delete(r.tries, h.SequenceNumber)
	if int16(h.SequenceNumber-r.newest) > 0 {
		r.newest = h.SequenceNumber
	}
	for r.show() {
	}
}

// show shows the next frame, or a later key frame, if it is complete.
func (r *receiver) show() bool {
	if end, head, ok := r.complete(r.next); ok {
		r.shows(end, head)
		return true
	}
	for n := r.next + 1; int16(r.newest-n) >= 0; n++ {
		if p, ok := r.packets[n]; !ok || !p.first || !p.key {
			continue
		}
		if end, head, ok := r.complete(n); ok {
			r.shows(end, head)
			return true
		}
	}
	return false
}

func (r *receiver) complete(from uint16) (end uint16, head received, ok bool) {
	for n := from; int16(r.newest-n) >= 0; n++ {
		p, ok := r.packets[n]
		if !ok || n == from && !p.first {
			return 0, head, false
		}
		if n == from {
			head = p
		}
		if p.marker {
			return n, head, true
		}
	}
	return 0, head, false
}

func (r *receiver) shows(end uint16, head received) {
	for n := r.next; n != end+1; n++ {
		delete(r.packets, n)
		delete(r.tries, n)
	}
	r.next = end + 1
	now := time.Now()
	if !r.last.IsZero() {
		r.gap = max(r.gap, now.Sub(r.last))
	}
	r.last, r.stuck = now, time.Time{}
	r.shown++
	if r.widths != nil {
		r.widths[head.width]++
		r.delays = append(r.delays, now.Sub(head.captured))
	}
}

// wants is what to ask for: packets every 60 ms, and a key frame where that has
// been of no use for 400 ms.
func (r *receiver) wants(now time.Time) (missing []uint16, key bool) {
	if !r.begun {
		return nil, false
	}
	for n := r.next; int16(r.newest-n) > 0 && len(missing) < 100; n++ {
		if _, ok := r.packets[n]; ok {
			continue
		}
		if _, seen := r.tries[n]; !seen {
			r.tries[n] = now.Add(r.grace - 60*time.Millisecond)
		}
		if now.Sub(r.tries[n]) >= 60*time.Millisecond {
			missing = append(missing, n)
			r.tries[n] = now
		}
	}
	holes := len(r.tries) > 0
	if !holes {
		r.stuck = time.Time{}
		return missing, false
	}
	if r.stuck.IsZero() {
		r.stuck = now
	}
	if now.Sub(r.stuck) > 400*time.Millisecond && now.Sub(r.wantKey) > 500*time.Millisecond {
		r.wantKey = now
		r.asked++
		return missing, true
	}
	return missing, false
}

// modelEncoder makes frames of the sizes that libvpx makes in our settings: it keeps a
// constant rate with a buffer, drops frames when that runs low, and cannot go
// below what its coarsest quantizer leaves.
type modelEncoder struct {
	dice     *rand.Rand
	settings media.VideoSettings
	width    int
	height   int
	buffer   float64 // bits
	last     time.Time
}

func (e *modelEncoder) Encode(f *media.Frame, key bool) ([]byte, error) {
	rate := float64(e.settings.Bitrate)
	if f.Width() != e.width || f.Height() != e.height {
		e.width, e.height, key, e.buffer = f.Width(), f.Height(), true, 0.5*rate
	}
	interval := 1 / e.settings.FramesPerSecond
	if !e.last.IsZero() {
		interval = min(f.Captured.Sub(e.last).Seconds(), 1)
	}
	e.last = f.Captured
	e.buffer = min(e.buffer+rate*interval, rate)
	if !key && e.buffer < 0.3*0.6*rate {
		return nil, nil
	}
	pixels := float64(e.width * e.height)
	bits := max(rate/e.settings.FramesPerSecond, 0.012*pixels)
	if key {
		bits = max(min(9*rate/30, pixels), 0.10*pixels)
	}
	bits *= 0.8 + 0.4*e.dice.Float64()
	e.buffer -= bits
	p := make([]byte, max(int(bits/8), 16))
	if !key {
		p[0] = 1
	}
	p[1], p[2] = byte(e.width>>8), byte(e.width)
	binary.BigEndian.PutUint64(p[4:], uint64(f.Captured.UnixNano()))
	return p, nil
}

func (e *modelEncoder) Adapt(s media.VideoSettings) error {
	e.settings = s
	return nil
}

func (e *modelEncoder) Close() error { return nil }
