package widget

import (
	"math"

	"fyne.io/fyne/v2"
)

// Sight is how a picture is looked at: how large, and which part of it is in the
// middle of the tile. The zero Sight shows all of it, as large as it fits.
type Sight struct {
	scaling scaling
	zoom    float32       // for freely: times as large as whole
	middle  fyne.Position // what is in the middle of the tile, from the picture's middle, in parts of its size
}

// scaling is what decides how large a picture is.
type scaling uint8

const (
	whole   scaling = iota // as large as it fits
	filling                // as small as it leaves nothing beside it
	exact                  // one pixel of the picture is one of the screen
	freely                 // as the user zoomed
)

// The largest a picture is zoomed to: its pixels become squares of that many, or
// it is that many times as large as whole, whichever is more.
const mostZoom = 8

// room is what a Sight works in: the tile, and the picture as large as it is when
// one of its pixels is one of the screen.
type room struct{ tile, picture fyne.Size }

func (r room) empty() bool {
	return r.tile.Width <= 0 || r.tile.Height <= 0 || r.picture.Width <= 0 || r.picture.Height <= 0
}

// whole and filling are the sizes of a picture at rest, 1 for its own.
func (r room) whole() float32 {
	return min(r.tile.Width/r.picture.Width, r.tile.Height/r.picture.Height)
}

func (r room) filling() float32 {
	return max(r.tile.Width/r.picture.Width, r.tile.Height/r.picture.Height)
}

// scale is how large the picture is shown, 1 for its own size.
func (s Sight) scale(r room) float32 {
	switch s.scaling {
	case whole:
	case filling:
		return r.filling()
	case exact:
		return 1
	case freely:
		return r.whole() * s.zoom
	}
	return r.whole()
}

// place is where the picture lies in the tile. It reaches over the tile's edges
// where it is larger.
func (s Sight) place(r room) (at fyne.Position, size fyne.Size) {
	scale := s.scale(r)
	size = fyne.NewSize(r.picture.Width*scale, r.picture.Height*scale)
	return fyne.NewPos(
		along(r.tile.Width, size.Width, s.middle.X),
		along(r.tile.Height, size.Height, s.middle.Y),
	), size
}

// along is where a picture begins in one direction. What is smaller than the tile
// lies in its middle; what is larger leaves no gap.
func along(tile, size, middle float32) float32 {
	if size <= tile {
		return (tile - size) / 2
	}
	return min(0, max(tile-size, tile/2-size*(0.5+middle)))
}

// movable reports whether there is more of the picture than the tile shows.
func (s Sight) movable(r room) bool {
	const dust = 0.5 // points that rounding leaves
	_, size := s.place(r)
	return size.Width > r.tile.Width+dust || size.Height > r.tile.Height+dust
}

// alike reports whether two scales are the same but for rounding.
func alike(a, b float32) bool { return math.Abs(float64(a/b-1)) < 1e-4 }

// look returns a Sight of that scale at which the picture's point u, in parts of
// its size, lies at a point of the tile.
func (s Sight) look(r room, scale float32, u, at fyne.Position) Sight {
	switch rest := r.whole(); {
	case alike(scale, rest):
		return Sight{}
	case alike(scale, 1):
		scale, s.scaling = 1, exact
	default:
		s.scaling, s.zoom = freely, scale/rest
	}
	s.middle = fyne.NewPos(
		u.X-0.5-(at.X-r.tile.Width/2)/(r.picture.Width*scale),
		u.Y-0.5-(at.Y-r.tile.Height/2)/(r.picture.Height*scale),
	)
	return s.settled(r)
}

// settled moves the middle to where place really puts it, so that what was moved
// too far comes back at once.
func (s Sight) settled(r room) Sight {
	at, size := s.place(r)
	s.middle = fyne.NewPos((r.tile.Width/2-at.X)/size.Width-0.5, (r.tile.Height/2-at.Y)/size.Height-0.5)
	return s
}

// zoomed returns the sight that is factor times as large, with the same point of
// the picture at a point of the tile. A step over the picture's own size, or over
// all of it, ends there.
func (s Sight) zoomed(r room, factor float32, at fyne.Position) Sight {
	before := s.scale(r)
	rest := r.whole()
	scale := min(max(before*factor, min(rest, before)), max(mostZoom, mostZoom*rest))
	for _, stop := range []float32{1, rest} {
		if !alike(before, stop) && (before < stop) == (stop < scale) {
			scale = stop
		}
	}
	return s.look(r, scale, s.under(r, at), at)
}

// under is what point of the picture lies at a point of the tile.
func (s Sight) under(r room, at fyne.Position) fyne.Position {
	corner, size := s.place(r)
	return fyne.NewPos((at.X-corner.X)/size.Width, (at.Y-corner.Y)/size.Height)
}

// moved returns the sight with the picture moved by some points.
func (s Sight) moved(r room, by fyne.Delta) Sight {
	_, size := s.place(r)
	s.middle = s.middle.SubtractXY(by.DX/size.Width, by.DY/size.Height)
	return s.settled(r)
}

// percent is how large the picture is shown, 100 for its own size.
func (s Sight) percent(r room) int { return int(math.Round(float64(s.scale(r)) * 100)) }
