package screen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"

	"parley/media/camera"
	"parley/media/codec"
)

// The errors of this package. They are found with errors.Is.
var (
	ErrNoDriver = errors.New("nothing on the screen can be recorded here")
	ErrNoScreen = errors.New("no such screen or window")
	ErrGone     = errors.New("the window was closed, or the screen was taken away")
	ErrDenied   = errors.New("the desktop was told not to share")
	ErrRegion   = errors.New("the region is not on the screen")
)

// Kind tells what can be shared.
type Kind string

// The kinds. Where the desktop asks the user itself what to share, as on
// Wayland, the only thing that is listed is Asked.
const (
	Screen Kind = "screen"
	Window Kind = "window"
	Asked  Kind = "asked"
)

// Item is something that can be shared.
type Item struct {
	// ID stays the same while the window is open, and for a screen while it is
	// connected in the same way.
	ID    string
	Kind  Kind
	Title string      // of a window; the connector of a screen, such as HDMI-1
	Size  image.Point // pixels; zero if not known before it is opened
	// Default is the item that a Target without an id means.
	Default bool
}

// DefaultFormat returns what suits text that is read: every pixel of all but the
// largest screens, at 15 frames/s.
func DefaultFormat() camera.Format { return camera.Format{Width: 3840, Height: 2160, Rate: 15} }

// MaxRate is how many pictures a second are taken at most.
const MaxRate = 60

func orDefault(f camera.Format) camera.Format {
	d := DefaultFormat()
	if f.Width <= 0 || f.Height <= 0 {
		f.Width, f.Height = d.Width, d.Height
	}
	f.Rate = min(cmp.Or(max(f.Rate, 0), d.Rate), MaxRate)
	return f
}

// Drivers returns nil if something can be recorded, and ErrNoDriver if the
// program has no driver for this system or there is no display that it understands.
func Drivers(ctx context.Context) error {
	_, err := List(ctx)
	return err
}

// List returns what can be shared: screens, the default one first, then windows
// as the window manager lists them. Errors are ErrNoDriver and ctx's.
func List(ctx context.Context) ([]Item, error) { return list(ctx) }

// Open records a target. Members of the format that are zero mean those of
// DefaultFormat. A larger picture is scaled down, a window that changes its
// size changes that of the pictures. Pictures come when something has changed,
// a few more so that an encoder can refine them, and one a second where nothing
// moves. A window that is minimised keeps its last picture; one that is closed
// ends the source with ErrGone. Errors are ErrNoDriver, ErrNoScreen, ErrRegion,
// ErrDenied, and ctx's.
func Open(ctx context.Context, t Target, want camera.Format) (camera.Source, error) {
	src, err := open(ctx, t, orDefault(want))
	if err != nil {
		return nil, fmt.Errorf("recording %q: %w", t, err)
	}
	return src, nil
}

// Thumbnail returns how an item looks now, no larger than the size asks for.
// Where the desktop asks the user what to share, there is none: ErrNoDriver.
func Thumbnail(ctx context.Context, id string, size image.Point) (*image.RGBA, error) {
	if asks() {
		return nil, fmt.Errorf("looking at %q: %w", id, ErrNoDriver)
	}
	src, err := Open(ctx, Target{ID: id}, camera.Format{Width: size.X, Height: size.Y, Rate: MaxRate})
	if err != nil {
		return nil, err
	}
	f, err := src.Next(ctx, 0)
	if err := errors.Join(err, src.Close()); err != nil {
		return nil, fmt.Errorf("looking at %q: %w", id, err)
	}
	defer f.Release()
	picture := image.NewRGBA(f.Image.Rect)
	codec.ToRGBA(picture, f.Image)
	return picture, nil
}
