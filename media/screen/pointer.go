package screen

import (
	"encoding/binary"
	"image"
)

// sprite is the picture of a pointer, drawn over others' pixels for a moment.
type sprite struct {
	size image.Point
	hot  image.Point
	// argb are its pixels, with colours multiplied by alpha.
	argb []uint32
	kept []byte // the pixels below it
}

// at returns where it is drawn when the pointer points there.
func (s *sprite) at(p image.Point) image.Rectangle {
	corner := p.Sub(s.hot)
	return image.Rectangle{corner, corner.Add(s.size)}
}

// draw blends the sprite into pixels of BGRA, a picture of this size without
// gaps between rows, and keeps what was there for undo.
func (s *sprite) draw(pixels []byte, size, pointed image.Point) {
	where := s.at(pointed)
	seen := where.Intersect(image.Rectangle{Max: size})
	s.kept = s.kept[:0]
	for y := seen.Min.Y; y < seen.Max.Y; y++ {
		row := pixels[4*(y*size.X+seen.Min.X) : 4*(y*size.X+seen.Max.X)]
		s.kept = append(s.kept, row...)
		from := (y-where.Min.Y)*s.size.X + seen.Min.X - where.Min.X
		blend(row, s.argb[from:from+seen.Dx()])
	}
}

// undo takes the sprite away from where it was drawn last.
func (s *sprite) undo(pixels []byte, size, pointed image.Point) {
	seen := s.at(pointed).Intersect(image.Rectangle{Max: size})
	kept := s.kept
	for y := seen.Min.Y; y < seen.Max.Y; y++ {
		row := pixels[4*(y*size.X+seen.Min.X) : 4*(y*size.X+seen.Max.X)]
		kept = kept[copy(row, kept):]
	}
}

// blend puts colours, multiplied by their alpha, over pixels.
func blend(row []byte, colours []uint32) {
	for i, c := range colours {
		below := binary.LittleEndian.Uint32(row[4*i:])
		rest := 255 - c>>24
		var out uint32
		for shift := 0; shift < 24; shift += 8 {
			sum := c>>shift&0xff + (below>>shift&0xff*rest+127)/255
			out |= min(sum, 255) << shift
		}
		binary.LittleEndian.PutUint32(row[4*i:], out)
	}
}
