package h264

// Quantizers reads how coarse pictures are off what an encoder makes: what the header
// of the first slice says (SliceQPY, section 7.4.3), about which macroblocks vary. It
// knows what live encoders of the baseline profiles make: progressive pictures of I and
// P slices without weights. The zero value is ready.
type Quantizers struct {
	frameBits int // of frame_num
	orderBits int // of pic_order_cnt_lsb, 0: there is none
	cabac     bool
	start     int // SliceQPY without slice_qp_delta
	sequence  bool
	picture   bool
	buffer    [headerMost]byte
}

// headerMost is how much of a unit is looked at, in bytes: parameter sets and the
// headers of slices are shorter, but for lists that no live encoder writes.
const headerMost = 64

// MostQuantizer is the coarsest quantizer.
const MostQuantizer = 51

// Of returns the quantizer of an access unit, 0 to MostQuantizer; ok is false where that
// is not known. Parameter sets hold from the access unit on that brings them.
func (q *Quantizers) Of(access []byte) (index int, ok bool) {
	for {
		from := next(access)
		if from < 0 || from == len(access) {
			return 0, false
		}
		access = access[from:]
		r := reader{bytes: appendUnescaped(q.buffer[:0], access[1:min(len(access), headerMost)])}
		switch Kind(access) {
		case SPS:
			q.sequence = q.readSequence(&r)
		case PPS:
			q.picture = q.readPicture(&r)
		case Slice, IDR:
			return q.readSlice(&r, access[0])
		}
	}
}

// readSequence reads a sequence parameter set (section 7.3.2.1.1).
func (q *Quantizers) readSequence(r *reader) bool {
	profile := r.bits(8)
	r.bits(16) // constraints and level
	r.unsigned()
	if profile > 88 { // beyond baseline, main and extended others come first
		return false
	}
	q.frameBits, q.orderBits = int(r.unsigned())+4, 0
	switch r.unsigned() {
	case 0:
		q.orderBits = int(r.unsigned()) + 4
	case 1:
		return false
	}
	r.unsigned() // max_num_ref_frames
	r.bit()
	r.unsigned()
	r.unsigned() // size
	progressive := r.bit() == 1
	return progressive && !r.short && q.frameBits <= 16 && q.orderBits <= 16
}

// readPicture reads a picture parameter set (section 7.3.2.2).
func (q *Quantizers) readPicture(r *reader) bool {
	r.unsigned()
	r.unsigned()
	q.cabac = r.bit() == 1
	fields, groups := r.bit(), r.unsigned()
	r.unsigned()
	r.unsigned() // num_ref_idx_default_active
	weights := r.bits(3)
	q.start = 26 + int(r.signed())
	r.signed()
	r.signed()
	r.bits(2)
	redundant := r.bit()
	return fields == 0 && groups == 0 && weights == 0 && redundant == 0 && !r.short
}

// The types of slices, modulo 5 (table 7-6).
const (
	sliceP = 0
	sliceI = 2
)

// readSlice reads the header of a slice (section 7.3.3) whose unit begins with head.
func (q *Quantizers) readSlice(r *reader, head byte) (index int, ok bool) {
	if !q.sequence || !q.picture {
		return 0, false
	}
	r.unsigned()
	kind := r.unsigned() % 5
	r.unsigned()
	r.bits(q.frameBits)
	if Kind([]byte{head}) == IDR {
		r.unsigned()
	}
	r.bits(q.orderBits)
	if kind == sliceP {
		if r.bit() == 1 {
			r.unsigned()
		}
		skipList(r)
	}
	if head>>5 != 0 {
		skipMarking(r, Kind([]byte{head}) == IDR)
	}
	if q.cabac && kind == sliceP {
		r.unsigned()
	}
	index = q.start + int(r.signed())
	known := kind == sliceP || kind == sliceI
	return index, known && !r.short && index >= 0 && index <= MostQuantizer
}

// skipList skips ref_pic_list_modification (section 7.3.3.1).
func skipList(r *reader) {
	if r.bit() == 0 {
		return
	}
	for r.unsigned() != 3 && !r.short {
		r.unsigned()
	}
}

// skipMarking skips dec_ref_pic_marking (section 7.3.3.3).
func skipMarking(r *reader, key bool) {
	if key {
		r.bits(2)
		return
	}
	if r.bit() == 0 {
		return
	}
	for operation := r.unsigned(); operation != 0 && !r.short; operation = r.unsigned() {
		if operation != 5 {
			r.unsigned()
		}
		if operation == 3 {
			r.unsigned()
		}
	}
}
