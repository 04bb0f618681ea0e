//go:build !noh264

package codec

// #include "h264.h"
import "C"

import (
	"bytes"
	"image"
)

// The types of NAL units that matter here (Recommendation H.264, table 7-1).
const (
	unitIDR = 5
	unitSPS = 7
)

// h264Decoding is OpenH264. It bounds pictures itself, to those of level 5.2,
// which are MaxPixels. Its parameter sets outlive an error, because some senders
// do not repeat them.
type h264Decoding struct {
	decoder *C.parley_h264_decoder // nil until parameter sets come
	whole   bool                   // nothing was lost since a key frame
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
	return image.Pt(int(shown.width), int(shown.height)), nil
}

// admit opens the decoder for the first parameter sets, and holds back what
// cannot be decoded yet.
func (d *h264Decoding) admit(packet []byte) (key bool, err error) {
	if d.decoder == nil && holdsUnit(packet, unitSPS) {
		opened := C.parley_h264_open_decoder()
		if opened.error != 0 {
			return false, h264Error(opened.error)
		}
		d.decoder = opened.decoder
	}
	key = holdsUnit(packet, unitIDR)
	if d.decoder == nil || !key && !d.whole {
		return false, ErrNoKeyFrame
	}
	return key, nil
}

// holdsUnit looks for a NAL unit of a type in a byte stream (Annex B).
func holdsUnit(stream []byte, kind byte) bool {
	for {
		i := bytes.Index(stream, []byte{0, 0, 1})
		if i < 0 || i+3 >= len(stream) {
			return false
		}
		if stream[i+3]&0x1f == kind {
			return true
		}
		stream = stream[i+3:]
	}
}

func (d *h264Decoding) copy(to *image.YCbCr) {
	C.parley_h264_copy(d.decoder, plane(to.Y), plane(to.Cb), plane(to.Cr))
}

func (d *h264Decoding) lost() { d.whole = false }

func (d *h264Decoding) release() {
	if d.decoder != nil {
		C.parley_h264_close_decoder(d.decoder)
		d.decoder = nil
	}
	d.whole = false
}
