package playout

// Opus packets say how long they are and whether they carry a copy of the
// packet before them, in bits that can be read without a decoder.

const (
	shortestFrame = 120  // 2.5 ms, the grain of every Opus length (RFC 6716 section 2.1.4)
	usualFrame    = 960  // 20 ms
	longestPacket = 5760 // 120 ms (RFC 6716 section 3.2.5, R5)
)

// packetLength returns how many samples at 48 kHz an Opus packet holds, or
// usualFrame when it does not say anything believable.
func packetLength(p []byte) int {
	if len(p) == 0 {
		return usualFrame
	}
	n := frameLength(p[0])
	switch p[0] & 3 {
	case 1, 2:
		n *= 2
	case 3:
		if len(p) < 2 {
			return usualFrame
		}
		n *= int(p[1] & 0x3f)
	}
	if n == 0 || n > longestPacket {
		return usualFrame
	}
	return n
}

// frameLength returns the frame length in samples by the configuration number
// (RFC 6716 section 3.1, table 2).
func frameLength(toc byte) int {
	config := int(toc >> 3)
	switch {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		return [...]int{480, 960, 1920, 2880}[config&3]
	case config < 16: // hybrid: 10, 20 ms
		return [...]int{480, 960}[config&1]
	}
	return 120 << (config & 3) // CELT: 2.5, 5, 10, 20 ms
}

// carriesPrevious reports whether an Opus packet holds a low-rate copy of the
// one before it (LBRR, RFC 6716 section 4.2.3). Those flags are the first bits
// of the first SILK frame, behind one activity bit per 20 ms.
func carriesPrevious(p []byte) bool {
	frame := firstFrame(p)
	if len(frame) == 0 || p[0] >= 16<<3 { // CELT only: no LBRR
		return false
	}
	parts := max(frameLength(p[0])/usualFrame, 1)
	flags := frame[0]&(0x80>>parts) != 0
	if p[0]&4 != 0 { // stereo: the side channel has its own
		flags = flags || frame[0]&(0x80>>(2*parts+1)) != 0
	}
	return flags
}

// firstFrame returns the packet from the first byte of its first frame on (RFC
// 6716 section 3.2), or nothing if it is malformed.
func firstFrame(p []byte) []byte {
	if len(p) < 2 {
		return nil
	}
	switch p[0] & 3 {
	case 2:
		return behindLength(p[1:])
	case 3:
		return firstOfMany(p)
	}
	return p[1:]
}

// firstOfMany is firstFrame for packets that tell how many frames they have (RFC
// 6716 section 3.2.5).
func firstOfMany(p []byte) []byte {
	count, rest := p[1], p[2:]
	for padded := count&0x40 != 0; padded; {
		if len(rest) == 0 {
			return nil
		}
		padded, rest = rest[0] == 255, rest[1:]
	}
	if count&0x80 == 0 { // all of one length
		return rest
	}
	for range int(count&0x3f) - 1 {
		rest = behindLength(rest)
	}
	return rest
}

// behindLength returns what comes after the length of a frame (RFC 6716 section
// 3.2.1).
func behindLength(p []byte) []byte {
	if len(p) == 0 {
		return nil
	}
	if p[0] < 252 {
		return p[1:]
	}
	return p[min(2, len(p)):]
}
