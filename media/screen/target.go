package screen

import (
	"fmt"
	"image"
	"strings"
)

// Target is what to record. Its text form is that of the command line:
// "HDMI-1", "0x3a00007", "HDMI-1@640x480+100+50", "@640x480+0+0" or "".
type Target struct {
	ID string // of an Item, or the title of a window; "" is the default screen
	// Region, unless it is empty, is the part to show, in pixels from the upper
	// left corner. What of it is outside is left out.
	Region image.Rectangle
	// Consent remembers what a desktop that asks was allowed; nil lets it ask every
	// time. It has no text form.
	Consent *Consent
	// Outlined draws a border around it on the screen, as long as it is recorded,
	// where that can be done: on X servers. Of windows and regions it is never in
	// the picture; of a whole screen it is its edge. It has no text form.
	Outlined bool
}

// ParseTarget reads the text form.
func ParseTarget(text string) (Target, error) {
	id, geometry, has := cutLast(text, "@")
	if !has {
		return Target{ID: text}, nil
	}
	region, ok := parseGeometry(geometry)
	if !ok {
		return Target{ID: text}, nil // a title with an @
	}
	if region.Empty() {
		return Target{}, fmt.Errorf("%w: %q", ErrRegion, geometry)
	}
	return Target{ID: id, Region: region}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// parseGeometry reads WIDTHxHEIGHT+X+Y, as X programs write it.
func parseGeometry(text string) (r image.Rectangle, ok bool) {
	var w, h, x, y uint16
	n, err := fmt.Sscanf(text, "%dx%d+%d+%d", &w, &h, &x, &y)
	if n != 4 || err != nil || text != fmt.Sprintf("%dx%d+%d+%d", w, h, x, y) {
		return image.Rectangle{}, false
	}
	return image.Rect(int(x), int(y), int(x)+int(w), int(y)+int(h)), true
}

// String returns the text form.
func (t Target) String() string {
	if t.Region.Empty() {
		return t.ID
	}
	r := t.Region
	return fmt.Sprintf("%s@%dx%d+%d+%d", t.ID, r.Dx(), r.Dy(), r.Min.X, r.Min.Y)
}

// part returns the part of an area that the region asks for.
func (t Target) part(area image.Rectangle) (image.Rectangle, error) {
	if t.Region.Empty() {
		return area, nil
	}
	part := t.Region.Add(area.Min).Intersect(area)
	if part.Empty() {
		return image.Rectangle{}, ErrRegion
	}
	return part, nil
}

// find returns the item of an id, a title in any case, or the default one.
func find(items []Item, id string) (Item, bool) {
	for _, i := range items {
		if id == "" && i.Default || id != "" && i.ID == id {
			return i, true
		}
	}
	for _, i := range items {
		if id != "" && strings.EqualFold(i.Title, id) {
			return i, true
		}
	}
	return Item{}, false
}
