package codec

import (
	"encoding/binary"
	"image"
	"slices"
	"testing"
)

// VP9 tells sizes not only in key frames. The frames here are whole ones: they decode
// where their size is permitted, and are kept as references, without being shown.

// hiddenVP9 is a frame that is not shown, into the reference slots of a mask: of its own
// ("intra only"), or one that refers to others and tells its size nevertheless.
func hiddenVP9(width, height uint32, slots uint8, inter bool) []byte {
	// The VP9 bitstream specification, 6.2: no profile, nothing that exists, no key frame, hidden, resilient.
	b := (&bits{}).put(2, 2).put(2, 0).put(1, 0).put(1, 1).put(1, 0).put(1, 1)
	if inter {
		b.put(1, 0).put(8, uint32(slots)).put(12, 0).put(3, 0) // three references to slot 0, of the size of none
	} else {
		b.put(1, 1).put(24, 0x498342).put(8, uint32(slots))
	}
	b.put(16, width-1).put(16, height-1).put(1, 0)
	if inter {
		b.put(1, 0).put(1, 0).put(2, 0) // precision and filter
	}
	b.put(2, 0).put(6, 0).put(3, 0).put(1, 0) // context, loop filter
	b.put(8, 60).put(3, 0).put(1, 0)          // quantizer, segments
	columns := putTiles(b, int(width+63)/64)  // of tiles
	const compressed = 64                     // bytes of zeros: everything as it was
	b.put(16, compressed)
	out := slices.Concat(b.bytes, make([]byte, compressed))
	// Blocks of 64x64 in one colour are zeros, too, of some 40 bytes each.
	tile := make([]byte, 256+(int(width)/columns+63)/64*int(height+63)/64*96)
	for i := range columns {
		if i < columns-1 {
			out = binary.BigEndian.AppendUint32(out, uint32(len(tile)))
		}
		out = append(out, tile...)
	}
	return out
}

// putTiles says that there are as few columns of tiles as can be, for a width in blocks,
// and returns how many.
func putTiles(b *bits, blocks int) int {
	least, most := 0, 1
	for 64<<least < blocks {
		least++
	}
	for blocks>>most >= 4 {
		most++
	}
	if least < most-1 {
		b.put(1, 0)
	}
	b.put(1, 0) // one row
	return 1 << least
}

// superframe puts frames of VP9 into one packet (annex B of the specification).
func superframe(frames ...[]byte) (out []byte) {
	marker := byte(0xc0 | 3<<3 | (len(frames) - 1))
	index := []byte{marker}
	for _, f := range frames {
		out = append(out, f...)
		index = binary.LittleEndian.AppendUint32(index, uint32(len(f)))
	}
	return append(append(out, index...), marker)
}

// hidings are the ways to tell a size behind a key frame of 320x192.
var hidings = map[string]func(width, height uint32) []byte{
	"a frame without references": func(w, h uint32) []byte { return hiddenVP9(w, h, 1, false) },
	"the second of two":          func(w, h uint32) []byte { return superframe(hiddenVP9(320, 192, 2, false), hiddenVP9(w, h, 1, false)) },
	"behind another, untold":     func(w, h uint32) []byte { return append(hiddenVP9(320, 192, 2, false), hiddenVP9(w, h, 1, false)...) },
	"a frame with references":    func(w, h uint32) []byte { return hiddenVP9(w, h, 1, true) },
}

// shownVP9 shows what is in a slot.
func shownVP9(slot uint32) []byte {
	return (&bits{}).put(2, 2).put(2, 0).put(1, 1).put(3, slot).bytes
}

func keyOf(tb testing.TB, mime string, w, h int) []byte {
	tb.Helper()
	return packets(tb, newEncoder(tb, mime, 800_000), newCamera(w, h), 1)[0]
}

// Pictures that are not shown take memory as others do: eight of them are kept.
func TestHiddenPicturesAreBounded(t *testing.T) {
	key := keyOf(t, VP9, 320, 192)
	for name, hide := range hidings {
		t.Run(name, func(t *testing.T) {
			d := newDecoder(t, VP9).library.(*vpxDecoding)
			const most = 4 << 20
			if size, err := d.decode(key); err != nil || size != image.Pt(320, 192) {
				t.Fatal(size, err)
			}
			if _, err := d.decode(hide(640, 384)); err != nil {
				t.Fatal("the frames are no good:", err)
			}
			if size, err := d.decode(shownVP9(0)); err != nil || size != image.Pt(640, 384) {
				t.Fatal(size, err)
			}
			if n := d.held(); n < 640*384*3/2 || n > most {
				t.Errorf("%d bytes for small pictures", n)
			}
			if size, err := d.decode(hide(5120, 3072)); err == nil {
				t.Errorf("a picture of 5120x3072 was taken, and shows %v", size)
			}
			if n := d.held(); n > most {
				t.Errorf("%d bytes for a picture that was refused", n)
			}
			d.lost()
			if size, err := d.decode(key); err != nil || size != image.Pt(320, 192) {
				t.Error("after that:", size, err)
			}
		})
	}
}

// The bound leaves room for the largest picture there may be, in any shape, and in every slot.
func TestLargestHiddenPictures(t *testing.T) {
	key := keyOf(t, VP9, 320, 192)
	for _, c := range []struct {
		width, height uint32
		slots         int
	}{{4096, 2304, 8}, {2304, 4096, 1}, {3072, 3072, 1}} {
		d := newDecoder(t, VP9).library.(*vpxDecoding)
		if _, err := d.decode(key); err != nil {
			t.Fatal(err)
		}
		for slot := range c.slots {
			if _, err := d.decode(hiddenVP9(c.width, c.height, 1<<slot, false)); err != nil {
				t.Errorf("%+v in slot %d: %v", c, slot, err)
			}
		}
		if n := d.held(); n < c.slots*MaxPixels*3/2 || n > (c.slots+2)*MaxPixels*2 {
			t.Errorf("%+v: %d bytes", c, n)
		}
		d.release()
	}
}
