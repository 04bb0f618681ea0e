package page

import (
	"encoding/binary"
	"image"
	"math/bits"
)

// stripWidth is how wide the strips are that pictures are compared by, in pixels:
// each is one row high, so that what has scrolled is found.
const stripWidth = 64

// printBits is the size of the set of what strips look like, of which pictures of
// full HD have 32400: one in sixty is found that is not there.
const printBits = 21

// prints remembers what the strips of a picture look like, by column, to find those
// that are new in the next, wherever the others have moved up or down.
type prints struct {
	kept, seen *printSet // seen is of the picture that is looked at
}

type printSet [1 << (printBits - 6)]uint64

func (s *printSet) has(print uint64) bool {
	print >>= 64 - printBits
	return s[print>>6]&(1<<(print&63)) != 0
}

func (s *printSet) add(print uint64) {
	print >>= 64 - printBits
	s[print>>6] |= 1 << (print & 63)
}

// look counts the strips of a picture that are not of one colour, and those that the
// picture that was kept does not have in the same column.
func (p *prints) look(picture *image.YCbCr) (busy, fresh int) {
	if p.kept == nil {
		p.kept, p.seen = new(printSet), new(printSet)
	}
	*p.seen = printSet{}
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	for y := range height {
		row := picture.Y[y*picture.YStride:][:width]
		for column := uint64(0); len(row) >= 8; column++ {
			n := min(stripWidth, len(row))
			print, flat := printOf(row[:n&^7], column)
			row = row[n:]
			if flat {
				continue
			}
			busy++
			if !p.kept.has(print) {
				fresh++
			}
			p.seen.add(print)
		}
	}
	return busy, fresh
}

// keep remembers the picture that was looked at last.
func (p *prints) keep() { p.kept, p.seen = p.seen, p.kept }

// printOf mixes the samples of a strip (as FNV does, by words), and reports whether
// they are all the same.
func printOf(strip []byte, column uint64) (print uint64, flat bool) {
	const offset, prime = 14695981039346656037, 0x9E3779B97F4A7C15
	first := binary.LittleEndian.Uint64(strip)
	flat = first == bits.RotateLeft64(first, 8)
	print = offset ^ column
	for ; len(strip) >= 8; strip = strip[8:] {
		word := binary.LittleEndian.Uint64(strip)
		flat = flat && word == first
		print = (print ^ word) * prime
		print ^= print >> 29
	}
	return print * prime, flat
}
