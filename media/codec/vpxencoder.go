package codec

// #include "vpx.h"
import "C"

import (
	"image"
	"runtime"
	"unsafe"

	"parley/media"
)

// vpxEncoding is libvpx, for VP8 and VP9.
type vpxEncoding struct {
	codec C.int
	coder *C.parley_coder // nil while nothing is open
	now   media.VideoSettings
	grain *grain // of VP9

	quantizer int // of the last frame
}

func (e *vpxEncoding) open(size image.Point, s media.VideoSettings, speed int) error {
	threads := threadsFor(size.X*size.Y, runtime.NumCPU())
	opened := C.parley_open_encoder(e.codec, C.int(size.X), C.int(size.Y), kilobits(s), C.int(threads), C.int(speed))
	if opened.error != 0 {
		return vpxError(opened.error)
	}
	e.coder, e.now = opened.coder, media.VideoSettings{Bitrate: s.Bitrate}
	if e.codec == C.PARLEY_VP9 {
		e.grain = newGrain(size)
	}
	return e.adapt(s)
}

func (e *vpxEncoding) adapt(s media.VideoSettings) error {
	if s.Bitrate != e.now.Bitrate {
		if code := C.parley_set_rate(e.coder, kilobits(s)); code != 0 {
			return vpxError(code)
		}
	}
	if s.Detail != e.now.Detail {
		if code := C.parley_set_detail(e.coder, truth(s.Detail)); code != 0 {
			return vpxError(code)
		}
	}
	e.now = s
	return nil
}

func (e *vpxEncoding) encode(f *media.Frame, at, duration int64, key bool) ([]byte, error) {
	i := f.Image
	if e.grain != nil {
		i = e.grain.on(i)
	}
	p := C.parley_encode(e.coder, plane(i.Y), plane(i.Cb), plane(i.Cr), C.int(i.YStride), C.int(i.CStride),
		C.int64_t(at), C.ulong(duration), truth(key))
	if p.error != 0 {
		return nil, vpxError(p.error)
	}
	e.quantizer = int(p.quantizer)
	return unsafe.Slice((*byte)(p.data), int(p.size)), nil
}

func (e *vpxEncoding) lastQuantizer() int { return e.quantizer }

func (e *vpxEncoding) setSpeed(speed int) { C.parley_set_speed(e.coder, C.int(speed)) }

func (e *vpxEncoding) release() {
	if e.coder != nil {
		C.parley_close(e.coder)
		e.coder = nil
	}
}

func kilobits(s media.VideoSettings) C.int { return C.int(s.Bitrate / 1000) }

// truth is a bool of C.
func truth(so bool) C.int {
	if so {
		return 1
	}
	return 0
}
