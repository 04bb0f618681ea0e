package codec

// #include "vpx.h"
import "C"

import "image"

// vpxDecoding is libvpx, for VP8 and VP9.
type vpxDecoding struct {
	codec     C.int
	coder     *C.parley_coder // nil until a key frame comes
	quantizer int             // of the last frame
	made      colouring       // the last frame
}

func (d *vpxDecoding) decode(packet []byte) (image.Point, error) {
	if err := d.admit(packet); err != nil {
		return image.Point{}, err
	}
	shown := C.parley_decode(d.coder, plane(packet), C.uint(len(packet)))
	switch {
	case shown.error != 0:
		return image.Point{}, vpxError(shown.error)
	case shown.width == 0:
		return image.Point{}, nil
	case shown.corrupt != 0:
		return image.Point{}, ErrCorrupt
	case shown.format_ok == 0:
		return image.Point{}, ErrFormat
	}
	d.quantizer = int(shown.quantizer)
	d.made = colouringOf(int(shown.matrix), shown.full_range != 0)
	return image.Pt(int(shown.width), int(shown.height)), nil
}

func (d *vpxDecoding) lastQuantizer() int { return d.quantizer }

// admit looks at a packet before libvpx does: frames that begin with their size must
// be of one that we want memory for, and the first must be a key frame. Sizes that
// come later in a packet are bounded by the memory that the decoder may have.
func (d *vpxDecoding) admit(packet []byte) error {
	peeked := C.parley_peek(d.codec, plane(packet), C.uint(len(packet)))
	switch {
	case peeked.error != 0:
		return vpxError(peeked.error)
	case peeked.key == 0 && d.coder == nil:
		return ErrNoKeyFrame
	case peeked.width != 0 || peeked.height != 0:
		if err := checkSize(int(peeked.width), int(peeked.height)); err != nil {
			return err
		}
	}
	if d.coder != nil {
		return nil
	}
	opened := C.parley_open_decoder(d.codec, 1, MaxPixels)
	if opened.error != 0 {
		return vpxError(opened.error)
	}
	d.coder = opened.coder
	return nil
}

func (d *vpxDecoding) copy(to *image.YCbCr) {
	C.parley_copy(d.coder, plane(to.Y), plane(to.Cb), plane(to.Cr))
}

func (d *vpxDecoding) colouring() colouring { return d.made }

func (d *vpxDecoding) lost() { d.release() }

// held returns how many bytes of pictures libvpx keeps, as far as they are bounded here.
func (d *vpxDecoding) held() int {
	if d.coder == nil {
		return 0
	}
	return int(C.parley_held(d.coder))
}

func (d *vpxDecoding) release() {
	if d.coder != nil {
		C.parley_close(d.coder)
		d.coder = nil
	}
}
