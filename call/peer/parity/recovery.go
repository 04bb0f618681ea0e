package parity

// What is kept of a stream until it is known that nothing of it is missing: packets,
// 300 ms of 20 Mbit/s, and blocks of which some parity has come. Powers of two.
const (
	keptPackets = 512
	keptBlocks  = 16
)

// Packet is one of a stream.
type Packet struct {
	Sequence int64 // without wraps
	Stamp    uint32
	Type     uint8 // of its payload
	Marker   bool
	Payload  []byte
}

// Recovery finds the packets of a stream again that are missing. It belongs to one
// goroutine. See NewRecovery.
type Recovery struct {
	field     *field
	packets   []kept // by sequence number; nil until there is any parity
	blocks    [keptBlocks]open
	newest    int
	found     []Packet
	work      [MostParity][]byte
	discarded uint64
}

// kept is a packet as a row.
type kept struct {
	sequence int64
	present  bool
	row      []byte
}

// open is a block of which parity has come.
type open struct {
	header
	first int64
	stamp uint32
	sums  [MostParity][]byte
	has   [MostParity]bool
	count int  // of sums
	known bool // it is in use
	done  bool // nothing of it is missing
}

// NewRecovery returns one that knows nothing yet.
func NewRecovery() *Recovery { return &Recovery{field: newField()} }

// Active reports whether parity comes with the stream.
func (r *Recovery) Active() bool { return r.packets != nil }

// Discarded is how many packets of parity were not needed, or not enough.
func (r *Recovery) Discarded() uint64 { return r.discarded }

// Came takes a packet of the stream.
func (r *Recovery) Came(p Packet) {
	if !r.Active() || len(p.Payload) > MostPayload {
		return
	}
	r.keep(p)
	for i := range r.blocks {
		if b := &r.blocks[i]; b.known && !b.done && p.Sequence >= b.first && p.Sequence < b.end() && r.lacks(b) == 0 {
			b.done = true
			r.discarded += uint64(b.count)
		}
	}
}

// Parity takes the content of a packet of parity for a block that begins with a
// packet. It returns the first packet behind the block, and whether this is the last
// of parity for it. ok is false for what is none.
func (r *Recovery) Parity(first int64, stamp uint32, content []byte) (end int64, last, ok bool) {
	h, sum, ok := readHeader(content)
	if !ok {
		return 0, false, false
	}
	if !r.Active() {
		r.packets = make([]kept, keptPackets)
	}
	b := r.block(first, stamp, h)
	b.done = b.done || r.lacks(b) == 0
	if b.has[h.number] || b.done || b.packets != h.packets || b.of != h.of || b.unlike(sum) {
		r.discarded++
	} else {
		b.sums[h.number], b.has[h.number] = append(b.sums[h.number][:0], sum...), true
		b.count++
	}
	return b.end(), h.number == h.of-1, true
}

// Ready reports whether something that is missing can be found. What came in another
// stream than the parity may be there and not have been handed over.
func (r *Recovery) Ready() bool {
	for i := range r.blocks {
		if r.ready(&r.blocks[i]) {
			return true
		}
	}
	return false
}

func (r *Recovery) ready(b *open) bool { return b.known && !b.done && r.lacks(b) <= b.count }

// Recover finds what is missing of one block, and returns it, valid until the next
// call; nothing where nothing is Ready.
func (r *Recovery) Recover() []Packet {
	for i := range r.blocks {
		if b := &r.blocks[i]; r.ready(b) {
			if found := r.solve(b); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// lacks is how many packets of a block are missing.
func (r *Recovery) lacks(b *open) int {
	n := 0
	for i := range b.packets {
		if r.row(b.first+int64(i)) == nil {
			n++
		}
	}
	return n
}

// block returns what is known of a block, in the place of the oldest if nothing is.
func (r *Recovery) block(first int64, stamp uint32, h header) *open {
	for i := range r.blocks {
		if b := &r.blocks[i]; b.known && b.first == first {
			return b
		}
	}
	r.newest = (r.newest + 1) % keptBlocks
	b := &r.blocks[r.newest]
	if b.known && !b.done {
		r.discarded += uint64(b.count)
	}
	*b = open{header: h, first: first, stamp: stamp, sums: b.sums, known: true}
	return b
}

func (b *open) end() int64 { return b.first + int64(b.packets) }

// unlike reports whether a sum cannot be of the same block as those before.
func (b *open) unlike(sum []byte) bool {
	for i, has := range b.has {
		if has && len(b.sums[i]) != len(sum) {
			return true
		}
	}
	return false
}

func (r *Recovery) keep(p Packet) {
	k := &r.packets[uint64(p.Sequence)%keptPackets]
	if k.present && k.sequence > p.Sequence {
		return
	}
	k.sequence, k.present, k.row = p.Sequence, true, appendRow(k.row[:0], p.Marker, p.Payload)
}

// row returns a packet's row, nil if it is missing.
func (r *Recovery) row(sequence int64) []byte {
	k := &r.packets[uint64(sequence)%keptPackets]
	if !k.present || k.sequence != sequence {
		return nil
	}
	return k.row
}

// solve finds what is missing of a block that is ready. It does so once.
func (r *Recovery) solve(b *open) []Packet {
	var missing, used [MostParity]int
	lacks := 0
	for i := range b.packets {
		if r.row(b.first+int64(i)) == nil {
			missing[lacks] = i
			lacks++
		}
	}
	b.done = true
	r.discarded += uint64(b.count - lacks)
	for number, n := 0, 0; n < lacks; number++ {
		if b.has[number] {
			used[n] = number
			n++
		}
	}
	if !r.eliminate(b, missing[:lacks], used[:lacks]) {
		return nil
	}
	return r.take(b, missing[:lacks])
}

// eliminate leaves the rows of the missing packets in work.
func (r *Recovery) eliminate(b *open, missing, used []int) bool {
	var matrix [MostParity][MostParity]byte
	for i, number := range used {
		r.work[i] = append(r.work[i][:0], b.sums[number]...)
		if !r.subtract(b, r.work[i], number) {
			return false
		}
		for j, packet := range missing {
			matrix[i][j] = r.field.coefficient(number, packet)
		}
	}
	for i := range used { // no pivot is 0: every leading part of the matrix can be inverted
		scale := r.field.inverse(matrix[i][i])
		r.scale(r.work[i], scale)
		r.scale(matrix[i][:len(used)], scale)
		for j := range used {
			if factor := matrix[j][i]; j != i && factor != 0 {
				r.field.addTimes(r.work[j], r.work[i], factor)
				r.field.addTimes(matrix[j][:len(used)], matrix[i][:len(used)], factor)
			}
		}
	}
	return true
}

// subtract takes what is there out of a sum. It reports false where a packet is
// longer than the sum says any is.
func (r *Recovery) subtract(b *open, sum []byte, number int) bool {
	for i := range b.packets {
		row := r.row(b.first + int64(i))
		if len(row) > len(sum) {
			return false
		}
		r.field.addTimes(sum, row, r.field.coefficient(number, i))
	}
	return true
}

func (r *Recovery) scale(row []byte, factor byte) {
	for i, value := range row {
		row[i] = r.field.times(value, factor)
	}
}

// take keeps the rows that were found as packets.
func (r *Recovery) take(b *open, missing []int) []Packet {
	r.found = r.found[:0]
	for i, packet := range missing {
		marker, payload, ok := readRow(r.work[i])
		if !ok {
			return nil
		}
		r.found = append(r.found, Packet{
			Sequence: b.first + int64(packet), Stamp: b.stamp, Type: b.payloadType, Marker: marker, Payload: payload,
		})
	}
	for _, p := range r.found {
		r.keep(p)
	}
	return r.found
}
