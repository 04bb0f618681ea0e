package codec

import (
	"errors"
	"testing"
)

// bits writes headers bit by bit.
type bits struct {
	bytes []byte
	free  int // bits of the last byte
}

// put appends the lowest n bits of v.
func (b *bits) put(n int, v uint32) *bits {
	for n--; n >= 0; n-- {
		if b.free == 0 {
			b.bytes, b.free = append(b.bytes, 0), 8
		}
		b.free--
		b.bytes[len(b.bytes)-1] |= byte(v>>n&1) << b.free
	}
	return b
}

// golomb appends an unsigned Exp-Golomb code (Recommendation H.264, 9.1).
func (b *bits) golomb(v uint32) *bits {
	n := 0
	for (v+1)>>(n+1) > 0 {
		n++
	}
	return b.put(n, 0).put(n+1, v+1)
}

// hugeVP9 is the beginning of a key frame (the VP9 bitstream specification, 6.2).
func hugeVP9(width, height uint32) []byte {
	b := (&bits{}).put(2, 2).put(2, 0).put(1, 0).put(1, 0).put(1, 1).put(1, 0)
	b.put(24, 0x498342).put(3, 1).put(1, 0).put(16, width-1).put(16, height-1)
	return append(b.bytes, make([]byte, 100)...)
}

// hugeH264 is parameter sets and the beginning of an IDR slice (Recommendation H.264, 7.3).
func hugeH264(width, height uint32) []byte {
	sps := (&bits{}).put(8, 0x67).put(8, 66).put(8, 0xc0).put(8, 52)
	sps.golomb(0).golomb(0).golomb(2).golomb(1).put(1, 0) // numbering of frames and pictures, one reference
	sps.golomb(width/16-1).golomb(height/16-1).put(1, 1).put(1, 1).put(1, 0).put(1, 0).put(1, 1)
	pps := (&bits{}).put(8, 0x68).golomb(0).golomb(0).put(2, 0).golomb(0).golomb(0).golomb(0).put(3, 0)
	pps.golomb(0).golomb(0).golomb(0).put(3, 0).put(1, 1)
	idr := (&bits{}).put(8, 0x65).golomb(0).golomb(7).golomb(0).put(4, 0).golomb(0).put(2, 0).golomb(0)
	var stream []byte
	for _, unit := range [][]byte{sps.bytes, pps.bytes, append(idr.bytes, make([]byte, 100)...)} {
		stream = append(append(stream, 0, 0, 0, 1), unit...)
	}
	return stream
}

// hugeAV1 is a sequence header of a still picture (the AV1 bitstream specification, 5.5).
func hugeAV1(width, height uint32) []byte {
	b := (&bits{}).put(3, 0).put(1, 1).put(1, 1).put(5, 31).put(4, 15).put(4, 15).put(16, width-1).put(16, height-1)
	b.put(6, 0).put(4, 0).put(2, 0).put(1, 0).put(1, 0).put(1, 1)
	return append([]byte{1<<3 | 2, byte(len(b.bytes))}, b.bytes...)
}

// Nobody makes the program ask for the memory of a picture of 8K and more.
func TestHugePicturesAreRefused(t *testing.T) {
	headers := map[string]func(width, height uint32) []byte{VP9: hugeVP9, H264: hugeH264, AV1: hugeAV1}
	for _, mime := range VideoDecoders() {
		header := headers[mime]
		if header == nil {
			continue // VP8 is among the packets that are refused
		}
		_, small := newDecoder(t, mime).Decode(header(320, 192)) // wrong in another way
		for _, size := range [][2]uint32{{7680, 4320}, {16384, 16384}, {65536, 16}} {
			d := newDecoder(t, mime)
			f, err := d.Decode(header(size[0], size[1]))
			if f != nil {
				t.Errorf("%s: a picture of %v was taken", mime, size)
			}
			if err == nil || errors.Is(small, ErrSize) || small != nil && small.Error() == err.Error() {
				t.Errorf("%s: a picture of %v: %v, and a small one: %v", mime, size, err, small)
			}
		}
	}
}
