package screen

import (
	"fmt"
	"image"

	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
)

// canvas turns the pixels of a screen into frames. It keeps the whole picture,
// so that only what has changed needs to be converted.
type canvas struct {
	want  camera.Format
	whole *image.YCbCr // nil before the first size
	pool  media.Pool
}

// resize makes the canvas this large, and black. One of this size already
// stays as it is.
func (c *canvas) resize(size image.Point) error {
	if c.whole != nil && c.whole.Rect.Size() == size {
		return nil
	}
	if size.X < 1 || size.Y < 1 || size.X > codec.MaxSide || size.Y > codec.MaxSide || size.X*size.Y > codec.MaxPixels {
		return fmt.Errorf("a picture of %v: %w", size, codec.ErrSize)
	}
	const black, grey = 16, 128
	c.whole = image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	fill(c.whole.Y, black)
	fill(c.whole.Cb, grey)
	fill(c.whole.Cr, grey)
	return nil
}

func fill(plane []byte, level byte) {
	for i := range plane {
		plane[i] = level
	}
}

// convert takes over some rows of pixels, which are BGRA in rows of stride bytes
// and have the canvas's size. Rows of the canvas share colours in pairs, so that
// one more at either end is taken.
func (c *canvas) convert(pixels []byte, stride int, r rows) error {
	height := c.whole.Rect.Dy()
	from, to := r.from&^1, min(r.to+r.to&1, height)
	if from >= to {
		return nil
	}
	y, chroma := c.whole.YStride, c.whole.CStride
	band := image.YCbCr{
		Y:  c.whole.Y[from*y : to*y],
		Cb: c.whole.Cb[from/2*chroma : (to+1)/2*chroma], Cr: c.whole.Cr[from/2*chroma : (to+1)/2*chroma],
		YStride: y, CStride: chroma, SubsampleRatio: c.whole.SubsampleRatio,
		Rect: image.Rect(0, 0, c.whole.Rect.Dx(), to-from),
	}
	return codec.FromBGRA(&band, pixels[from*stride:], stride)
}

// frame returns what the canvas shows, scaled down to what is wanted.
func (c *canvas) frame() (*media.Frame, error) {
	size := fit(c.want, c.whole.Rect.Size())
	f := c.pool.Get(size.X, size.Y)
	if err := codec.Scale(f.Image, c.whole); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// fit returns the largest size with the shape of size that is not larger than
// the format, in even numbers, or size itself if that is not larger.
func fit(f camera.Format, size image.Point) image.Point {
	if size.X <= f.Width && size.Y <= f.Height {
		return size
	}
	w, h := f.Width, size.Y*f.Width/size.X
	if h > f.Height {
		w, h = size.X*f.Height/size.Y, f.Height
	}
	return image.Pt(max(2, w&^1), max(2, h&^1))
}

// rows are some rows of a picture, which have changed; from is the first and to
// the one after the last.
type rows struct{ from, to int }

func (r rows) empty() bool { return r.from >= r.to }

// add returns the rows from the first to the last of both.
func (r rows) add(more rows) rows {
	switch {
	case r.empty():
		return more
	case more.empty():
		return r
	}
	return rows{min(r.from, more.from), max(r.to, more.to)}
}

// within returns the rows that a picture of this height has.
func (r rows) within(height int) rows { return rows{max(r.from, 0), min(r.to, height)} }
