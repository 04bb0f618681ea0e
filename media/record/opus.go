package record

import "time"

// soundRate is the clock of Opus in RTP and in files, Hz (RFC 7587 section 4.1).
const soundRate = 48_000

// maxOpus is the longest that one packet of Opus plays (RFC 6716 section 3.2.5).
const maxOpus = 120 * time.Millisecond

// opusLength returns how long a packet plays (RFC 6716 section 3.1); false for
// what is no packet.
func opusLength(packet []byte) (time.Duration, bool) {
	if len(packet) == 0 {
		return 0, false
	}
	frames := 1
	switch packet[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(packet) < 2 {
			return 0, false
		}
		frames = int(packet[1] & 0x3f)
	}
	length := time.Duration(frames) * opusFrame(packet[0])
	return length, length > 0 && length <= maxOpus
}

const ms10 = 10 * time.Millisecond

// opusFrame returns the length of the frames that the first byte of a packet
// announces (RFC 6716, table 2).
func opusFrame(first byte) time.Duration {
	config := first >> 3
	switch {
	case config < 12: // SILK
		return []time.Duration{ms10, 2 * ms10, 4 * ms10, 6 * ms10}[config&3]
	case config < 16: // hybrid
		return ms10 << (config & 1)
	}
	return 2500 * time.Microsecond << (config & 3) // CELT
}

// emptyOpus returns a packet of one empty frame like those of a packet that
// begins with first, which tells a decoder that nothing was sent or that it was
// lost (RFC 6716 section 3.2.1), and how long that plays.
func emptyOpus(first byte) ([]byte, time.Duration) {
	return []byte{first &^ 3}, opusFrame(first)
}

// opusHead is the codec's private data: the identification header of Ogg Opus
// (RFC 7845 section 5.1). WebRTC's Opus always has two channels (RFC 7587 section 7), and
// nothing is skipped at the beginning, since a call has none.
func opusHead() []byte {
	return []byte{
		'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 2, 0, 0,
		byte(soundRate & 0xff), byte(soundRate >> 8 & 0xff), 0, 0, 0, 0, 0,
	}
}
