package gallery

import (
	"image/color"
	"math"

	"parley/media"
)

// portrait draws somebody in front of a window into a ring of pictures: a head and
// shoulders of plain shapes, in place of a camera.
func portrait(f *media.Frames, width, height, who int) {
	picture := f.Back(width, height)
	for y := range height {
		for x := range width {
			u, v := float64(x)/float64(width), float64(y)/float64(height)
			picture.SetRGBA(x, y, shade(u, v, float64(width)/float64(height), who))
		}
	}
	f.Publish()
}

// people are the colours of skin, hair, clothes and wall.
var people = [2][4]color.RGBA{
	{{0xE0, 0xB0, 0x93, 255}, {0x4A, 0x2F, 0x24, 255}, {0x2F, 0x6E, 0x8A, 255}, {0xD8, 0xCF, 0xC0, 255}},
	{{0xB9, 0x86, 0x66, 255}, {0x23, 0x1E, 0x1C, 255}, {0x8A, 0x4B, 0x3A, 255}, {0xA9, 0xB8, 0xB0, 255}},
}

func shade(u, v, aspect float64, who int) color.RGBA {
	p := people[who]
	x := (u - 0.5) * aspect
	inside := func(cx, cy, rx, ry float64) float64 {
		d := math.Hypot((x-cx)/rx, (v-cy)/ry)
		return math.Min(1, math.Max(0, (1-d)*min(rx, ry)*240))
	}
	c := mix(p[3], color.RGBA{0x6F, 0x7D, 0x86, 255}, 0.55*v+0.25*math.Abs(u-0.3))
	if u > 0.06 && u < 0.27 && v > 0.08 && v < 0.62 { // a window with evening light
		c = mix(color.RGBA{0xFB, 0xE3, 0xB5, 255}, color.RGBA{0x9C, 0xBF, 0xD6, 255}, 1-v)
	}
	c = mix(c, p[1], inside(0, 0.43, 0.205, 0.27))                               // hair
	c = mix(c, p[2], inside(0, 1.12, 0.52, 0.42))                                // shoulders
	c = mix(c, mix(p[0], p[1], 0.25), inside(0, 0.70, 0.085, 0.14))              // neck
	c = mix(c, p[0], inside(0, 0.47, 0.155, 0.215))                              // face
	c = mix(c, p[1], inside(0, 0.30, 0.17, 0.10))                                // fringe
	c = mix(c, p[1], inside(-0.062, 0.455, 0.016, 0.018))                        // eyes
	c = mix(c, p[1], inside(0.062, 0.455, 0.016, 0.018))                         //
	c = mix(c, color.RGBA{0xA8, 0x4F, 0x4A, 255}, inside(0, 0.58, 0.055, 0.017)) // mouth
	return mix(c, color.RGBA{0, 0, 0, 255}, 0.25*math.Hypot(u-0.5, v-0.5))
}

func mix(a, b color.RGBA, part float64) color.RGBA {
	blend := func(x, y uint8) uint8 { return uint8(float64(x)*(1-part) + float64(y)*part) }
	return color.RGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 255}
}
