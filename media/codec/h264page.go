//go:build !noh264

package codec

// #include "h264.h"
import "C"

import (
	"image"
	"time"
)

// encodePage encodes a picture of text with the quantizer that the path affords, or
// leaves it out.
func (e *h264Encoding) encodePage(i *image.YCbCr, captured time.Time, at int64, key bool) ([]byte, error) {
	quantizer, due := e.page.Next(i, captured, key)
	if !due {
		return nil, nil
	}
	packet, isKey, err := e.quantized(i, quantizer, at, key)
	if err != nil {
		return nil, err
	}
	if isKey {
		if quantizer, ok := e.page.Again(len(packet)); ok {
			if packet, isKey, err = e.quantized(i, quantizer, at, true); err != nil {
				return nil, err
			}
		}
	}
	e.page.Sent(len(packet), isKey)
	return e.withMargin(packet, isKey), nil
}

// quantized is compress with a quantizer.
func (e *h264Encoding) quantized(i *image.YCbCr, quantizer int, at int64, key bool) (packet []byte, isKey bool, err error) {
	if code := C.parley_h264_set_quantizer(e.encoder, C.int(quantizer)); code != 0 {
		return nil, false, h264Error(code)
	}
	return e.compress(i, at, key)
}
