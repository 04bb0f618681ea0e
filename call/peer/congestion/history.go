package congestion

import "time"

// historySize is how many packets are remembered until feedback comes: five
// seconds at 4 Mbit/s. A power of two.
const historySize = 2048

// fate is what became of a packet.
type fate uint8

const (
	inFlight fate = iota
	arrived
	missing
	presumed // to have arrived: the feedback on it was lost
)

// sentPacket is a packet that left.
type sentPacket struct {
	number  int64 // transport-wide sequence number without wrapping; 0: none
	at      time.Duration
	size    int
	cluster int
	fate    fate
}

// history remembers what was sent, by transport-wide sequence number.
type history struct {
	ring   [historySize]sentPacket
	newest int64
}

// add remembers a packet. Numbers must be given in order.
func (h *history) add(sequence uint16, at time.Duration, size, cluster int) {
	number := h.unwrap(sequence)
	if number > h.newest {
		h.newest = number
	}
	h.ring[number%historySize] = sentPacket{number: number, at: at, size: size, cluster: cluster}
}

// unwrap returns the number nearest to the newest one, always positive.
func (h *history) unwrap(sequence uint16) int64 {
	if h.newest == 0 {
		return int64(sequence) + 1<<16
	}
	return h.newest + int64(int16(sequence-uint16(h.newest)))
}

// find returns the packet with a sequence number, or nil if it is forgotten or
// was never sent.
func (h *history) find(sequence uint16) *sentPacket {
	if h.newest == 0 {
		return nil
	}
	return h.at(h.unwrap(sequence))
}

// at returns the packet with a number, or nil.
func (h *history) at(number int64) *sentPacket {
	if number <= 0 {
		return nil
	}
	p := &h.ring[number%historySize]
	if p.number != number {
		return nil
	}
	return p
}
