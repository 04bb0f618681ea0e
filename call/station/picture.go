package station

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"

	"parley/call/session"
	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
	"parley/media/screen"
)

// screenChoice is the choice of the default screen as the picture; with a colon
// and a target, of another screen, a window, or a region.
const screenChoice = "screen"

// lookTime bounds how long a display may take to say what is on it.
const lookTime = 3 * time.Second

// cameras lists what can be the picture: cameras, then screens.
func cameras(ctx context.Context) []media.Device {
	list, err := camera.List()
	if err != nil {
		list = nil // opening one says why
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	items, err := screen.List(ctx)
	if err != nil {
		return list // as above
	}
	for i, item := range items {
		if item.Kind == screen.Screen {
			list = append(list, media.Device{Kind: media.Camera, ID: screenChoice + ":" + item.ID, Name: fmt.Sprintf("Screen %d", i+1)})
		}
	}
	return list
}

// isScreen tells whether a choice of camera means something on the screen.
func isScreen(c media.Choice) bool {
	name, _, _ := strings.Cut(c.String(), ":")
	return name == screenChoice
}

// openPicture opens what a choice of camera means: something on the screen, or a
// camera or one of its stand-ins.
func (d *devices) openPicture(ctx context.Context, c media.Choice, want camera.Format) (camera.Source, error) {
	if !isScreen(c) {
		return camera.Open(ctx, c, want)
	}
	return d.passing.lend(c, func() (camera.Source, error) { return d.openScreen(ctx, c) })
}

// openBeside opens what is shown beside the camera, or takes it over from where it
// was shown in the camera's place.
func (d *devices) openBeside(ctx context.Context, c media.Choice, _ camera.Format) (camera.Source, error) {
	switch src, err := d.passing.take(ctx, c); {
	case src != nil:
		return src, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		d.log.Warn("what was shown did not close", "err", err)
	}
	return d.openScreen(ctx, c)
}

// screenOf opens something on the screen.
func (d *devices) screenOf(ctx context.Context, c media.Choice) (camera.Source, error) {
	_, text, _ := strings.Cut(c.String(), ":")
	target, err := screen.ParseTarget(text)
	if err != nil {
		return nil, err
	}
	target.Consent, target.Outlined = d.consent.Load(), true
	return screen.Open(ctx, target, screen.DefaultFormat())
}

// toOurselves converts our own picture for ourselves: people know themselves
// from mirrors, and their screen as it is.
func (s *Station) toOurselves(dst *image.RGBA, src *image.YCbCr) {
	if s.devices.onShow.Load() {
		codec.ToRGBA(dst, src)
	} else {
		codec.ToRGBAMirrored(dst, src)
	}
}

// shareEnded returns what to say of something on the screen that cannot be shown,
// nothing if it can, and whether to try no more, as one does with a camera: what
// was closed does not come back, and who refused would be asked over and over.
func shareEnded(r camera.Report) (n session.Notice, final bool) {
	if r.Err == nil || !isScreen(r.Choice) {
		return session.Notice{}, false
	}
	n = session.Notice{Code: "shareFailed", Err: r.Err, Since: time.Now()}
	switch {
	case errors.Is(r.Err, screen.ErrGone):
		n.Code = "shareGone"
	case errors.Is(r.Err, screen.ErrDenied):
		n.Code = "shareDenied"
	case errors.Is(r.Err, screen.ErrNoDriver):
		n.Code = "noScreen"
	case errors.Is(r.Err, screen.ErrNoScreen), errors.Is(r.Err, screen.ErrRegion):
		n.Code = "shareMissing"
	}
	return n, n.Code == "shareGone" || n.Code == "shareDenied"
}

// Shareables lists what can be shown of the screen, as the window's picker needs
// it; nothing where nothing can be.
func (s *Station) Shareables(ctx context.Context) ([]session.Shareable, error) {
	items, err := screen.List(ctx)
	if errors.Is(err, screen.ErrNoDriver) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("station: list what can be shown: %w", err)
	}
	list := make([]session.Shareable, len(items))
	for i, item := range items {
		list[i] = session.Shareable{
			ID: item.ID, Kind: session.ShareKind(item.Kind), Title: item.Title,
			Width: item.Size.X, Height: item.Size.Y, Default: item.Default,
		}
	}
	return list, nil
}

// Thumbnail returns how a Shareable looks now, no larger than size. It takes
// some milliseconds, and has an error for what is gone or cannot be looked at.
func (s *Station) Thumbnail(ctx context.Context, id string, size image.Point) (*image.RGBA, error) {
	picture, err := screen.Thumbnail(ctx, id, size)
	if err != nil {
		return nil, fmt.Errorf("station: look at what can be shown: %w", err)
	}
	return picture, nil
}

// Regions tells whether a region can be shown here, and not only what is whole.
func (s *Station) Regions() bool { return screen.Regions }

// PickRegion lets the user drag a rectangle on the screen, and returns what Share
// takes as its target: "" when the user gave up. It has an error where the screen
// cannot be drawn on, and ctx's.
func (s *Station) PickRegion(ctx context.Context) (target string, err error) {
	t, err := screen.PickRegion(ctx)
	if errors.Is(err, screen.ErrDenied) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("station: choose what to show: %w", err)
	}
	return t.String(), nil
}
