package screen

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
	"parley/media/screen/pipewire"
	"parley/media/screen/portal"
)

// firstTime bounds how long a desktop that has agreed may take to send a picture.
const firstTime = 10 * time.Second

// listDesktop lists the one thing that there is where the desktop asks.
func listDesktop(ctx context.Context) ([]Item, error) {
	if err := errors.Join(pipewire.Installed(), portal.Available(ctx)); err != nil {
		return nil, fmt.Errorf("listing what can be shared: %w", fromDesktop(ctx, err))
	}
	return []Item{{ID: "desktop", Kind: Asked, Default: true}}, nil
}

// fromDesktop makes the errors of this package of the desktop's.
func fromDesktop(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case errors.Is(err, portal.ErrDenied):
		return fmt.Errorf("%w: %w", ErrDenied, err)
	case errors.Is(err, portal.ErrNoPortal), errors.Is(err, pipewire.ErrNoLibrary):
		return fmt.Errorf("%w: %w", ErrNoDriver, err)
	case errors.Is(err, pipewire.ErrEnded):
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// cast is a source that receives what the desktop sends.
type cast struct {
	granted *portal.Cast
	stream  *pipewire.Stream
	target  Target
	canvas  canvas
	beat    *beat
	until   time.Time                    // when the first picture must be there; zero once it is
	use     func(pipewire.Picture) error // is draw
}

// openDesktop has the desktop ask what to share, and receives that.
func openDesktop(ctx context.Context, t Target, want camera.Format) (camera.Source, error) {
	if err := pipewire.Installed(); err != nil {
		return nil, fromDesktop(ctx, err)
	}
	granted, err := portal.Open(ctx, t.Consent.token())
	if err != nil {
		return nil, fromDesktop(ctx, err)
	}
	t.Consent.keep(granted.Token)
	stream, err := pipewire.Open(granted.Remote, granted.Node, "parley")
	if err != nil {
		return nil, errors.Join(err, granted.Close())
	}
	c := &cast{
		granted: granted, stream: stream, target: t, canvas: canvas{want: want}, beat: newBeat(want.Rate),
		until: time.Now().Add(firstTime),
	}
	c.use = c.draw
	return c, nil
}

// Name implements camera.Source. What the user chose has no name.
func (c *cast) Name() string {
	if c.granted.Window {
		return string(Window)
	}
	return string(Screen)
}

// Close implements camera.Source.
func (c *cast) Close() error { return errors.Join(c.stream.Close(), c.granted.Close()) }

// Next implements camera.Source.
func (c *cast) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	for {
		if err := c.beat.wait(ctx); err != nil {
			return nil, err
		}
		f, err := c.look()
		if err != nil {
			return nil, fmt.Errorf("recording what the desktop sends: %w", fromDesktop(ctx, err))
		}
		if f != nil {
			f.Number = number
			return f, nil
		}
	}
}

// look takes what has come, and returns a picture if there is reason to.
func (c *cast) look() (*media.Frame, error) {
	now := time.Now()
	if c.granted.Ended() {
		return nil, ErrGone
	}
	changed, err := c.stream.Take(c.use)
	if err != nil {
		return nil, err
	}
	send, _ := c.beat.again(now)
	switch {
	case changed:
		c.until = time.Time{}
	case c.canvas.whole == nil && now.After(c.until):
		return nil, fmt.Errorf("%w: no picture came", ErrGone)
	case c.canvas.whole == nil || !send:
		return nil, nil
	}
	f, err := c.canvas.frame()
	if err != nil {
		return nil, err
	}
	c.beat.sends(now, changed)
	f.Captured = now
	return f, nil
}

// draw takes a picture over. What it lacks of the region is left out.
func (c *cast) draw(p pipewire.Picture) error {
	part, err := c.target.part(image.Rectangle{Max: p.Size})
	if err != nil {
		return err
	}
	if err := c.canvas.resize(part.Size()); err != nil {
		return err
	}
	pixels := p.Pixels[part.Min.Y*p.Stride+4*part.Min.X:]
	if p.RedFirst {
		return codec.FromRGBA(c.canvas.whole, &image.RGBA{Pix: pixels, Stride: p.Stride, Rect: image.Rectangle{Max: part.Size()}})
	}
	return c.canvas.convert(pixels, p.Stride, rows{0, part.Dy()})
}
