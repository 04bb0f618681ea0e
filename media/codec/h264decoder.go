//go:build !noh264

package codec

// #include "h264.h"
import "C"

import (
	"image"

	"parley/media/h264"
)

// h264Decoding is OpenH264. It bounds pictures itself, to those of level 5.2,
// which are MaxPixels. Its parameter sets outlive an error, because some senders
// do not repeat them.
type h264Decoding struct {
	decoder *C.parley_h264_decoder // nil until parameter sets come
	whole   bool                   // nothing was lost since a key frame
	margin  h264.Margin            // of the pictures since then
	made    colouring              // those of the last parameter set

	quantizer int // of the last frame
}

func newH264Decoding() decoding { return &h264Decoding{} }

func (d *h264Decoding) decode(packet []byte) (image.Point, error) {
	key, err := d.admit(packet)
	if err != nil {
		return image.Point{}, err
	}
	shown := C.parley_h264_decode(d.decoder, plane(packet), C.int(len(packet)))
	if shown.error != 0 {
		return image.Point{}, h264Error(shown.error)
	}
	d.whole = d.whole || key
	d.quantizer = max(int(shown.quantizer), 0)
	return d.within(image.Pt(int(shown.width), int(shown.height))), nil
}

// within returns what of a picture is to be shown, which is its left upper part.
func (d *h264Decoding) within(size image.Point) image.Point {
	if size.X > d.margin.Right && size.Y > d.margin.Bottom {
		size = size.Sub(image.Pt(d.margin.Right, d.margin.Bottom))
	}
	return size
}

// admit opens the decoder for the first parameter sets, and holds back what
// cannot be decoded yet.
func (d *h264Decoding) admit(packet []byte) (key bool, err error) {
	if d.decoder == nil && h264.Has(packet, h264.SPS) {
		opened := C.parley_h264_open_decoder()
		if opened.error != 0 {
			return false, h264Error(opened.error)
		}
		d.decoder = opened.decoder
	}
	if told, ok := h264.ColoursOf(packet); ok {
		d.made = colouringOf(int(told.Matrix), told.Full)
	}
	key = h264.Has(packet, h264.IDR)
	if d.decoder == nil || !key && !d.whole {
		return false, ErrNoKeyFrame
	}
	if key {
		d.margin = h264.MarginOf(packet)
	}
	return key, nil
}

func (d *h264Decoding) copy(to *image.YCbCr) {
	C.parley_h264_copy(d.decoder, plane(to.Y), plane(to.Cb), plane(to.Cr), C.int(to.Rect.Dx()), C.int(to.Rect.Dy()))
}

func (d *h264Decoding) colouring() colouring { return d.made }

func (d *h264Decoding) lastQuantizer() int { return d.quantizer }

func (d *h264Decoding) lost() { d.whole = false }

func (d *h264Decoding) release() {
	if d.decoder != nil {
		C.parley_h264_close_decoder(d.decoder)
		d.decoder = nil
	}
	d.whole = false
}
