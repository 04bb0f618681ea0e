package peer

import "time"

// window is how many packets an assembler keeps: 3 s of a 3 Mbit/s stream, and
// more than the largest key frame.
const window = 1024

// fragment is one packet's part of a frame.
type fragment struct {
	format   *format
	sequence int64 // without wraps
	present  bool
	stamp    uint32
	marker   bool // last of its frame
	begins   bool // a frame can begin here
	key      bool // and it is a key frame
	arrival  time.Time
	data     []byte
}

// assembler puts the packets of a stream in order and joins them to frames, as
// the format of each says. A frame is complete at its marker bit, without waiting for the
// next. What is missing is waited for while a retransmission can still help;
// then everything up to the next key frame is dropped, because without it
// nothing can be decoded.
type assembler struct {
	patience time.Duration // how long a missing packet is waited for

	ring     [window]fragment
	begun    bool
	next     int64 // where the next frame begins
	highest  int64
	hunting  bool // only a key frame helps
	gapSince time.Time
	frame    []byte

	malformed uint64
	gaveUp    uint64 // gaps that were not filled in time
}

// assembled is a complete frame. Data is valid until the next call of the assembler.
type assembled struct {
	format  *format
	data    []byte
	key     bool
	stamp   uint32
	arrival time.Time // of its first packet
}

func newAssembler(patience time.Duration) *assembler {
	return &assembler{patience: patience, hunting: true}
}

// push takes a packet with its sequence number without wraps. Duplicates, late
// and malformed ones change nothing.
func (a *assembler) push(as *format, sequence int64, stamp uint32, marker bool, payload []byte, arrival time.Time) {
	if !a.begun { // what was sent before the first packet may come after it
		a.begun, a.next, a.highest = true, sequence-window/8, sequence
	}
	if sequence >= a.next+window {
		a.jump(sequence)
	}
	slot := &a.ring[uint64(sequence)%window]
	if sequence < a.next || slot.present && slot.sequence == sequence {
		return
	}
	var read part
	if len(payload) > 0 { // else it is padding: nothing, but not missing
		var ok bool
		if read, ok = as.look(payload); !ok {
			a.malformed++
			return
		}
	}
	a.highest = max(a.highest, sequence)
	*slot = fragment{
		format: as, sequence: sequence, present: true, stamp: stamp, marker: marker, arrival: arrival,
		begins: read.begins, key: read.key, data: append(slot.data[:0], read.content...),
	}
}

// jump makes room for a packet that is far ahead: what came before is lost.
func (a *assembler) jump(sequence int64) {
	a.lose(sequence - window/2)
}

// lose drops everything before a sequence number and waits for a key frame.
func (a *assembler) lose(next int64) {
	if !a.hunting {
		a.gaveUp++
	}
	a.next = next
	a.hunting = true
	a.gapSince = time.Time{}
}

// pass drops everything up to a packet.
func (a *assembler) pass(sequence int64) {
	if a.begun && sequence >= a.next {
		a.lose(sequence + 1)
	}
}

// broken says that the decoder did not understand the last frame.
func (a *assembler) broken() { a.hunting = true }

// needsKey reports whether nothing can be decoded and no key frame is coming in.
func (a *assembler) needsKey() bool { return a.hunting }

// waiting reports whether a packet is missing that may still come.
func (a *assembler) waiting() bool { return !a.gapSince.IsZero() }

// empty reports whether nothing has come after what was popped last.
func (a *assembler) empty() bool { return a.next > a.highest }

// pop returns the next complete frame.
func (a *assembler) pop(now time.Time) (assembled, bool) {
	for a.begun {
		if a.hunting && !a.findKey() {
			return assembled{}, false
		}
		a.skipPadding()
		end, missing := a.scan()
		switch {
		case end >= 0 && a.ring[uint64(a.next)%window].begins:
			if f, ok := a.take(end); ok {
				return f, true
			}
		case end >= 0: // the frame's beginning is not where the last one ended
			a.lose(end + 1)
		case !missing:
			return assembled{}, false
		case !a.overdue(now):
			return assembled{}, false
		}
	}
	return assembled{}, false
}

// findKey moves to the first packet of a key frame, if there is one.
func (a *assembler) findKey() bool {
	for s := a.next; s <= a.highest; s++ {
		if f := a.at(s); f != nil && f.key {
			a.next, a.hunting = s, false
			return true
		}
	}
	return false
}

// skipPadding moves over packets without content between frames.
func (a *assembler) skipPadding() {
	for {
		f := a.at(a.next)
		if f == nil || len(f.data) > 0 {
			return
		}
		f.present = false
		a.next++
	}
}

// scan looks for the end of the frame at next. It returns the sequence number of
// its last packet, or -1 and whether a packet is missing.
func (a *assembler) scan() (end int64, missing bool) {
	first := a.at(a.next)
	for s := a.next; s <= a.highest; s++ {
		f := a.at(s)
		switch {
		case f == nil:
			return -1, true
		case len(f.data) > 0 && (f.stamp != first.stamp || f.format != first.format): // its marker got lost on the way
			return s - 1, false
		case f.marker:
			return s, false
		}
	}
	return -1, false
}

// overdue decides about a gap. It returns true when the way on has changed: a
// later key frame is complete, or the wait is over.
func (a *assembler) overdue(now time.Time) bool {
	if a.gapSince.IsZero() {
		a.gapSince = now
	}
	if a.laterKey() {
		return true
	}
	if now.Sub(a.gapSince) < a.patience {
		return false
	}
	a.lose(a.next + 1)
	return true
}

// laterKey moves to a complete key frame behind the gap, if there is one.
func (a *assembler) laterKey() bool {
	was := a.next
	for s := was + 1; s <= a.highest; s++ {
		if f := a.at(s); f == nil || !f.key {
			continue
		}
		a.next = s
		if end, _ := a.scan(); end >= 0 {
			a.gapSince = time.Time{}
			a.gaveUp++
			return true
		}
	}
	a.next = was
	return false
}

// take joins the packets up to end. It returns false for those that do not fit
// each other: then a key frame is needed.
func (a *assembler) take(end int64) (out assembled, ok bool) {
	first := a.at(a.next)
	out = assembled{format: first.format, stamp: first.stamp, arrival: first.arrival}
	a.frame, ok = a.frame[:0], true
	for s := a.next; s <= end; s++ {
		f := a.at(s)
		if ok && len(f.data) > 0 {
			out.key = out.key || f.key
			a.frame, ok = f.format.join(a.frame, f.data, s == a.next)
		}
		f.present = false
	}
	a.next = end + 1
	a.gapSince = time.Time{}
	if ok = ok && len(a.frame) > 0; !ok {
		a.malformed++
		a.hunting = true
	}
	out.data = a.frame
	return out, ok
}

func (a *assembler) at(sequence int64) *fragment {
	f := &a.ring[uint64(sequence)%window]
	if !f.present || f.sequence != sequence {
		return nil
	}
	return f
}
