package screen

import (
	"bytes"
	"image"
	"testing"
)

func TestSpriteIsBlendedAndTakenAway(t *testing.T) {
	size := image.Pt(4, 3)
	pixels := bytes.Repeat([]byte{100, 150, 200, 9}, size.X*size.Y)
	before := bytes.Clone(pixels)
	s := sprite{size: image.Pt(2, 2), hot: image.Pt(1, 1), argb: []uint32{0xffffffff, 0, 0x80400000, 0xff000000}}
	s.draw(pixels, size, image.Pt(2, 1))
	for _, c := range []struct {
		x, y int
		want []byte // blue, green, red
	}{
		{1, 0, []byte{255, 255, 255}},
		{2, 0, []byte{100, 150, 200}},
		{1, 1, []byte{50, 75, 0x40 + 100}},
		{2, 1, []byte{0, 0, 0}},
		{3, 2, []byte{100, 150, 200}},
	} {
		if got := pixels[4*(c.y*size.X+c.x):][:3]; !bytes.Equal(got, c.want) {
			t.Errorf("%d,%d is %v instead of %v", c.x, c.y, got, c.want)
		}
	}
	s.undo(pixels, size, image.Pt(2, 1))
	restore(pixels)
	restore(before)
	if !bytes.Equal(pixels, before) {
		t.Error("something was left behind")
	}
}

// restore clears the bytes that mean nothing.
func restore(pixels []byte) {
	for i := 3; i < len(pixels); i += 4 {
		pixels[i] = 0
	}
}

func TestSpriteAtTheEdges(t *testing.T) {
	size := image.Pt(5, 4)
	s := sprite{size: image.Pt(3, 3), hot: image.Pt(1, 1), argb: []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9}}
	for x := -4; x < 9; x++ {
		for y := -4; y < 8; y++ {
			pixels := make([]byte, 4*size.X*size.Y)
			s.draw(pixels, size, image.Pt(x, y))
			s.undo(pixels, size, image.Pt(x, y))
			if !bytes.Equal(pixels, make([]byte, len(pixels))) {
				t.Fatalf("at %d,%d something was left behind", x, y)
			}
		}
	}
}
