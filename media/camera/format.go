package camera

import (
	"errors"
	"image"
	"regexp"
	"strconv"
	"time"

	"parley/media"
	"parley/media/codec"
)

// Format is what a source should deliver. A camera comes as near as it can, a
// clip keeps its own. Members that are zero mean those of DefaultFormat.
type Format struct {
	Width, Height int // pixels
	Rate          int // frames/s
}

// DefaultFormat returns 720p at 30 frames/s.
func DefaultFormat() Format { return Format{1280, 720, 30} }

// inChoice is how a choice of camera ends that asks for a format.
var inChoice = regexp.MustCompile(`^(.*)@(\d{1,5})x(\d{1,5})(?:@(\d{1,3}))?$`)

// Asked splits a choice that asks for a format, as "NAME@640x360" and "NAME@640x360@15"
// do, into what is chosen and the format. The name may be empty, for the default camera.
// Other choices, clips among them, ask for none.
func Asked(c media.Choice) (media.Choice, Format) {
	parts := inChoice.FindStringSubmatch(c.String())
	if _, clip := c.File(); clip || parts == nil {
		return c, Format{}
	}
	source, err := media.ParseChoice(media.Camera, parts[1])
	if err != nil {
		return c, Format{}
	}
	var numbers [3]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(parts[2+i]) // without a rate, 0
	}
	return source, Format{numbers[0], numbers[1], numbers[2]}
}

// The formats that can be asked for.
const (
	minSide = 16
	maxRate = 120
)

// sane fills in what is zero and brings the rest into what can be done.
func (f Format) sane() Format {
	d := DefaultFormat()
	if f.Width == 0 || f.Height == 0 {
		f.Width, f.Height = d.Width, d.Height
	}
	if f.Rate == 0 {
		f.Rate = d.Rate
	}
	f.Width = min(max(f.Width, minSide), codec.MaxSide)
	f.Height = min(max(f.Height, minSide), codec.MaxPixels/codec.MaxSide)
	f.Rate = min(max(f.Rate, 1), maxRate)
	return f
}

// interval returns the time from one frame to the next.
func (f Format) interval() time.Duration { return time.Second / time.Duration(f.Rate) }

// slower returns f with at most this many frames a second.
func (f Format) slower(rate int) Format {
	f.Rate = min(f.Rate, rate)
	return f
}

// within tells whether f asks for no more than other gives.
func (f Format) within(other Format) bool {
	return f.Width <= other.Width && f.Height <= other.Height && f.Rate <= other.Rate
}

// fit returns the largest size with the shape of size that is not larger than f,
// in even numbers, or size itself if that is not larger.
func (f Format) fit(size image.Point) image.Point {
	if size.X <= f.Width && size.Y <= f.Height {
		return size
	}
	w, h := f.Width, size.Y*f.Width/size.X
	if h > f.Height {
		w, h = size.X*f.Height/size.Y, f.Height
	}
	return image.Pt(max(2, w&^1), max(2, h&^1))
}

// Why there is no picture. They are found with errors.Is.
var (
	ErrNoDriver  = errors.New("this program was built without camera drivers")
	ErrNoCamera  = errors.New("no such camera")
	ErrBusy      = errors.New("another program uses the camera")
	ErrDenied    = errors.New("the system does not let us use the camera")
	ErrNoFormat  = errors.New("the camera has no format that we understand")
	ErrNoPicture = errors.New("the camera delivers no pictures")
	ErrGone      = errors.New("the camera stopped delivering pictures")
	ErrStuck     = errors.New("the camera did not stop in time")
	ErrNoFrames  = errors.New("the clip has no frames")
)
