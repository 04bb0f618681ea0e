package codec

import (
	"image"
	"testing"
)

// bars100 are the colour bars of 100 % in the studio range by BT.601, BT.709 and BT.2020,
// rounded: white, yellow, cyan, green, magenta, red, blue and black.
var bars100 = map[Matrix][8][3]uint8{
	BT601:  {{235, 128, 128}, {210, 16, 146}, {170, 166, 16}, {145, 54, 34}, {106, 202, 222}, {81, 90, 240}, {41, 240, 110}, {16, 128, 128}},
	BT709:  {{235, 128, 128}, {219, 16, 138}, {188, 154, 16}, {173, 42, 26}, {78, 214, 230}, {63, 102, 240}, {32, 240, 118}, {16, 128, 128}},
	BT2020: {{235, 128, 128}, {222, 16, 136}, {177, 159, 16}, {164, 47, 24}, {87, 209, 232}, {74, 97, 240}, {29, 240, 120}, {16, 128, 128}},
}

// filled is a picture of one colour.
func filled(size image.Point, colour [3]uint8) *image.YCbCr {
	i := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	for p, plane := range [][]byte{i.Y, i.Cb, i.Cr} {
		for n := range plane {
			plane[n] = colour[p]
		}
	}
	return i
}

func TestToBT601(t *testing.T) {
	for from, bars := range bars100 {
		for n, colour := range bars {
			for _, size := range []image.Point{{1, 1}, {33, 3}, {1281, 5}, {2050, 2}} {
				i, want := filled(size, colour), bars100[BT601][n]
				ToBT601(i, from)
				for p, plane := range [][]byte{i.Y, i.Cb, i.Cr} {
					for at, v := range plane {
						if d := int(v) - int(want[p]); d < -1 || d > 1 {
							t.Fatalf("%d, bar %d, %v: sample %d of plane %d is %d, want %d", from, n, size, at, p, v, want[p])
						}
					}
				}
			}
		}
	}
}

// Beyond the range colours stop at its ends; a picture that is not whole stays as it is.
func TestToBT601_Ends(t *testing.T) {
	for _, colour := range [][3]uint8{{0, 0, 0}, {255, 255, 255}, {255, 0, 255}, {0, 255, 0}} {
		for _, from := range []Matrix{BT709, BT2020, SMPTE240M} {
			i := filled(image.Pt(8, 8), colour)
			ToBT601(i, from)
			if d := int(i.Cb[3]) - int(colour[1]); d < -40 || d > 40 {
				t.Errorf("%v became %d %d %d", colour, i.Y[3], i.Cb[3], i.Cr[3])
			}
		}
	}
	broken := filled(image.Pt(8, 8), [3]uint8{60, 60, 60})
	broken.Y = broken.Y[:20]
	ToBT601(broken, BT709)
	if broken.Y[0] != 60 || broken.Cb[0] != 60 {
		t.Error("a picture that is not whole was changed")
	}
}
