package playout

import "time"

const (
	slots      = 160  // packets held at most: 1.6 s of the shortest usual ones
	maxPayload = 1500 // bytes; Opus needs 1275 per frame (RFC 6716 section 3.4)
)

// packet is one received packet, with numbers that do not wrap.
type packet struct {
	seq     int64
	ts      int64
	arrival time.Duration // since the buffer's epoch
	held    bool
	size    int
	data    [maxPayload]byte
}

func (p *packet) payload() []byte { return p.data[:p.size] }

// packets holds what arrived and was not played, by sequence number.
type packets struct {
	ring [slots]packet
	held int
}

func (r *packets) slot(seq int64) *packet { return &r.ring[uint64(seq)%slots] }

// has reports whether seq is held.
func (r *packets) has(seq int64) bool {
	p := r.slot(seq)
	return p.held && p.seq == seq
}

// put keeps a copy of a packet.
func (r *packets) put(seq, ts int64, payload []byte, arrival time.Duration) {
	p := r.slot(seq)
	if !p.held {
		r.held++
	}
	p.seq, p.ts, p.arrival, p.held = seq, ts, arrival, true
	p.size = copy(p.data[:], payload)
}

// drop forgets p.
func (r *packets) drop(p *packet) {
	p.held = false
	r.held--
}

// first returns the packet with the lowest number from next on, or nil.
func (r *packets) first(next int64) *packet {
	if r.held == 0 {
		return nil
	}
	for seq := next; seq < next+slots; seq++ {
		if r.has(seq) {
			return r.slot(seq)
		}
	}
	return nil
}

// before drops what is numbered below seq and returns how much that was.
func (r *packets) before(seq int64) (dropped int) {
	if r.held == 0 {
		return 0
	}
	for i := range r.ring {
		if p := &r.ring[i]; p.held && p.seq < seq {
			r.drop(p)
			dropped++
		}
	}
	return dropped
}

// clear drops everything and returns how much that was.
func (r *packets) clear() (dropped int) {
	dropped = r.held
	for i := range r.ring {
		r.ring[i].held = false
	}
	r.held = 0
	return dropped
}
