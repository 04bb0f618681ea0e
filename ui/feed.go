package ui

import (
	"image"
	"time"

	"parley/media"
	"parley/ui/screen"
	"parley/ui/widget"
)

// feed leads pictures from where they arrive to the tile that shows them. While
// nobody can see the tile it lets none be converted.
type feed struct {
	screen *media.Screen // nil: none ever come
	tile   func(screen.Model) *widget.VideoTile
	// wanted reports whether the model has a place for the picture.
	wanted func(screen.Model) bool
	live   bool // what came before there was a place is not shown

	placed  bool // there is a place
	watched bool
	waiting time.Time // since when a picture is up that was not painted
}

// unseenAfter is how long a picture may wait to be painted before nobody is
// believed to see it.
const unseenAfter = time.Second

// watch lets pictures be converted, or not.
func (f *feed) watch(on bool) {
	if f.screen != nil && f.watched != on {
		f.watched = on
		f.screen.Watch(on)
	}
}

// apply follows the model; visible is false while nobody can see the window.
func (f *feed) apply(m screen.Model, visible bool, now time.Time) (needed bool) {
	wanted := f.wanted(m)
	if wanted && !f.placed && f.live {
		f.drop()
	}
	f.placed = wanted
	f.watch(wanted && visible && f.seen(m, now))
	return wanted && f.screen != nil
}

// seen reports whether the tile is somewhere on the screen, as far as one can know.
func (f *feed) seen(m screen.Model, now time.Time) bool {
	tile := f.tile(m)
	return !tile.Size().IsZero() && (tile.Painted() || now.Sub(f.waiting) < unseenAfter)
}

// next returns the newest picture, or nil if it was shown already, or cannot be.
func (f *feed) next(m screen.Model, now time.Time) *image.RGBA {
	if f.screen == nil || !f.placed {
		return nil
	}
	f.watch(f.seen(m, now))
	if !f.watched {
		return nil
	}
	picture, fresh := f.screen.Front()
	if !fresh {
		return nil
	}
	if f.tile(m).Painted() {
		f.waiting = now
	}
	return picture
}

// await lets a picture come that is about to, if it can be seen.
func (f *feed) await(most time.Duration) {
	if f.screen != nil && f.placed && f.watched {
		f.screen.Await(most)
	}
}

// drop forgets pictures that were not shown yet.
func (f *feed) drop() {
	if f.screen != nil {
		f.screen.Drop()
	}
}
