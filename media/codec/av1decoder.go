//go:build !noav1

package codec

// #cgo pkg-config: dav1d
// #include "av1.h"
import "C"

import (
	"fmt"
	"image"
)

// av1Error is an error code of dav1d.
type av1Error C.int

func (e av1Error) Error() string { return fmt.Sprintf("dav1d: error %d", -int(e)) }

// av1Decoding is dav1d.
type av1Decoding struct {
	decoder *C.parley_av1_decoder // nil until a sequence header comes
	made    colouring             // the last frame
}

func newAV1Decoding() decoding { return &av1Decoding{} }

func (d *av1Decoding) decode(packet []byte) (image.Point, error) {
	if err := d.admit(packet); err != nil {
		return image.Point{}, err
	}
	shown := C.parley_av1_decode(d.decoder, plane(packet), C.size_t(len(packet)))
	switch {
	case shown.error != 0:
		return image.Point{}, av1Error(shown.error)
	case shown.width != 0 && shown.format_ok == 0:
		return image.Point{}, ErrFormat
	}
	d.made = colouringOf(int(shown.matrix), shown.full_range != 0)
	return image.Pt(int(shown.width), int(shown.height)), nil
}

func (d *av1Decoding) colouring() colouring { return d.made }

// admit looks at a packet before dav1d does: sequences must be of a size that we
// want memory for, and the first packet must begin one.
func (d *av1Decoding) admit(packet []byte) error {
	peeked := C.parley_av1_peek(plane(packet), C.size_t(len(packet)))
	switch {
	case peeked.width != 0 || peeked.height != 0:
		if err := checkSize(int(peeked.width), int(peeked.height)); err != nil {
			return err
		}
	case d.decoder == nil:
		return ErrNoKeyFrame
	}
	if d.decoder != nil {
		return nil
	}
	opened := C.parley_av1_open(1, MaxPixels)
	if opened.error != 0 {
		return av1Error(opened.error)
	}
	d.decoder = opened.decoder
	return nil
}

func (d *av1Decoding) copy(to *image.YCbCr) {
	C.parley_av1_copy(d.decoder, plane(to.Y), plane(to.Cb), plane(to.Cr))
}

func (d *av1Decoding) lost() { d.release() }

func (d *av1Decoding) release() {
	if d.decoder != nil {
		C.parley_av1_close(d.decoder)
		d.decoder = nil
	}
}
