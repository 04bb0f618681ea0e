package parity

import "encoding/binary"

// Bounds of a block: packets, packets of parity, and bytes of a packet's payload.
const (
	MostPackets = 24
	MostParity  = 8
	MostPayload = 1400
)

// The content of a packet of parity begins with the payload type of the block's
// packets, how many those are, how many of parity there are, and which this is. Then
// comes the sum of the block's rows, each multiplied by its coefficient. A row is a
// packet's marker bit and length in two bytes, its payload, and zeros.
const (
	headerSize = 4
	rowHeader  = 2
	markerBit  = 1 << 15
)

// Block gathers packets with consecutive numbers and one timestamp. See NewBlock.
type Block struct {
	field   *field
	rows    [MostPackets][]byte
	count   int
	longest int
	bytes   int
	out     []byte
}

// NewBlock returns an empty block.
func NewBlock() *Block { return &Block{field: newField()} }

// Add takes the next packet, and keeps a copy. It reports false, and takes nothing,
// where the block is full or the packet too long.
func (b *Block) Add(marker bool, payload []byte) bool {
	if b.count == MostPackets || len(payload) > MostPayload {
		return false
	}
	b.rows[b.count] = appendRow(b.rows[b.count][:0], marker, payload)
	b.longest = max(b.longest, len(b.rows[b.count]))
	b.bytes += len(payload)
	b.count++
	return true
}

// Len is how many packets are in the block.
func (b *Block) Len() int { return b.count }

// Bytes is how many bytes of payload are in it.
func (b *Block) Bytes() int { return b.bytes }

// Parity returns the content of the packet of parity number i of so many, at most
// MostParity, for packets of a payload type. It is valid until the next call.
func (b *Block) Parity(i, of int, payloadType uint8) []byte {
	b.out = append(b.out[:0], payloadType, uint8(b.count), uint8(of), uint8(i))
	b.out = append(b.out, make([]byte, b.longest)...)
	sum := b.out[headerSize:]
	for n, row := range b.rows[:b.count] {
		b.field.addTimes(sum, row, b.field.coefficient(i, n))
	}
	return b.out
}

// Reset empties the block, and keeps its memory.
func (b *Block) Reset() { b.count, b.longest, b.bytes = 0, 0, 0 }

func appendRow(row []byte, marker bool, payload []byte) []byte {
	head := uint16(len(payload))
	if marker {
		head |= markerBit
	}
	return append(binary.BigEndian.AppendUint16(row, head), payload...)
}

// readRow returns what is in a row; ok is false for what is none.
func readRow(row []byte) (marker bool, payload []byte, ok bool) {
	if len(row) < rowHeader {
		return false, nil, false
	}
	head := binary.BigEndian.Uint16(row)
	length := int(head &^ markerBit)
	if length > len(row)-rowHeader {
		return false, nil, false
	}
	return head&markerBit != 0, row[rowHeader : rowHeader+length], true
}

// header is the beginning of a packet of parity.
type header struct {
	payloadType         uint8
	packets, of, number int
}

func readHeader(content []byte) (h header, sum []byte, ok bool) {
	if len(content) < headerSize+rowHeader || len(content) > headerSize+rowHeader+MostPayload {
		return h, nil, false
	}
	h = header{content[0], int(content[1]), int(content[2]), int(content[3])}
	ok = h.packets > 0 && h.packets <= MostPackets && h.of > 0 && h.of <= MostParity && h.number < h.of
	return h, content[headerSize:], ok
}
