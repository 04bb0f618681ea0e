package peer

import "time"

// seenSpan is over how many packets duplicates are recognised.
const seenSpan = 1024

// maxTransit is how many seconds a packet may be away from where the one before
// leads, so that both are of one clock.
const maxTransit = 5

// reception keeps the numbers of RFC 3550 about a stream that comes: appendix
// A.1 (sequence numbers, without its probation, because SRTP has authenticated
// the source), A.3 (loss) and A.8 (jitter). Unlike there, duplicates do not make
// up for losses, because senders probe the path with them (RFC 4588 streams,
// which pion joins to their originals).
type reception struct {
	rate     float64 // of the RTP clock
	begun    bool
	first    int64
	highest  int64
	received int64
	seen     [seenSpan]int64 // sequence number + 1, by its place
	arrival  time.Time
	stamp    uint32
	jitter   float64 // in clock ticks
}

// packet takes a packet and returns its sequence number without wraps.
func (r *reception) packet(sequence uint16, stamp uint32, arrival time.Time) int64 {
	if !r.begun {
		r.begun, r.first, r.highest = true, int64(sequence), int64(sequence)
		r.arrival, r.stamp = arrival, stamp
	}
	extended := r.extend(sequence)
	if place := &r.seen[uint64(extended)%seenSpan]; *place != extended+1 {
		*place = extended + 1
		r.received++
	}
	if extended >= r.highest {
		r.highest = extended
		r.spread(stamp, arrival)
	}
	return extended
}

// extend returns a sequence number without wraps: the nearest to the highest.
func (r *reception) extend(sequence uint16) int64 {
	return r.highest + int64(int16(sequence-uint16(r.highest)))
}

// spread updates the interarrival jitter. Packets of one frame share a
// timestamp and leave in a burst, so only the first of each counts; those that
// come late were sent again.
func (r *reception) spread(stamp uint32, arrival time.Time) {
	if stamp == r.stamp {
		return
	}
	transit := arrival.Sub(r.arrival).Seconds()*r.rate - float64(int32(stamp-r.stamp))
	if transit < 0 {
		transit = -transit
	}
	if transit < maxTransit*r.rate { // else the sender's clock was set
		r.jitter += (transit - r.jitter) / 16
	}
	r.arrival, r.stamp = arrival, stamp
}

// lost returns how many packets are missing: not even retransmission brought them.
func (r *reception) lost() int64 {
	if !r.begun {
		return 0
	}
	return max(0, r.highest-r.first+1-r.received)
}

// seconds returns the jitter in seconds.
func (r *reception) seconds() float64 { return r.jitter / r.rate }
