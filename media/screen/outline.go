package screen

import "image"

// outlineWidth is how thick the border around what is shared is, in pixels, and
// outlineColor its colour, 0xRRGGBB: it has 3.4:1 on white and 6:1 on black.
const (
	outlineWidth = 4
	outlineColor = 0xF0564A
)

// around returns the four sides of a border around an area: top, bottom, left and
// right. They lie outside of the area where there is room within the bounds, and
// otherwise at its very edge; a side of an area that ends outside of the bounds
// lies at theirs. An area that is not within the bounds has empty ones.
func around(area, bounds image.Rectangle) (sides [4]image.Rectangle) {
	if !area.Overlaps(bounds) {
		return sides
	}
	outer := area.Inset(-outlineWidth).Intersect(bounds)
	return between(outer, area.Intersect(outer.Inset(outlineWidth)))
}

// beside is around for an area whose picture is what the screen shows there: nothing
// lies over the area, and a side is as thin as the room that it has, or empty.
func beside(area, bounds image.Rectangle) (sides [4]image.Rectangle) {
	if !area.Overlaps(bounds) {
		return sides
	}
	return between(area.Inset(-outlineWidth).Intersect(bounds), area.Intersect(bounds))
}

// between returns what of outer is not inner, which lies in it, as four sides.
func between(outer, inner image.Rectangle) [4]image.Rectangle {
	if inner.Empty() {
		return [4]image.Rectangle{outer}
	}
	return [4]image.Rectangle{
		{outer.Min, image.Pt(outer.Max.X, inner.Min.Y)},
		{image.Pt(outer.Min.X, inner.Max.Y), outer.Max},
		{image.Pt(outer.Min.X, inner.Min.Y), image.Pt(inner.Min.X, inner.Max.Y)},
		{image.Pt(inner.Max.X, inner.Min.Y), image.Pt(outer.Max.X, inner.Max.Y)},
	}
}
