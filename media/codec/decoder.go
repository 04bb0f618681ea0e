package codec

// #include "vpx.h"
import "C"

import (
	"fmt"

	"parley/media"
)

// VideoDecoder is a media.VideoDecoder for VP8 or VP9. Packets may be anything:
// what is too large or damaged is an error, and after an error, as at the start,
// only a key frame is taken.
type VideoDecoder struct {
	codec  C.int
	coder  *C.parley_coder // nil until a key frame comes
	pool   media.Pool
	closed bool
}

var _ media.VideoDecoder = (*VideoDecoder)(nil)

// NewVideoDecoder returns a decoder for the codec of this MIME type.
func NewVideoDecoder(mime string) (*VideoDecoder, error) {
	codec, err := vpxCodec(mime)
	if err != nil {
		return nil, fmt.Errorf("opening a video decoder: %w", err)
	}
	return &VideoDecoder{codec: codec}, nil
}

// Decode returns the frame of a complete packet, which the caller stamps and
// releases, or nil if the packet shows nothing. The errors are ErrPacket,
// ErrClosed, ErrNoKeyFrame, ErrSize, ErrFormat, ErrCorrupt and libvpx's own; all
// but the first two call for a key frame.
func (d *VideoDecoder) Decode(packet []byte) (*media.Frame, error) {
	if d.closed {
		return nil, fmt.Errorf("decoding a frame: %w", ErrClosed)
	}
	if len(packet) == 0 || len(packet) > MaxPacket {
		return nil, fmt.Errorf("decoding a frame: %w: %d bytes", ErrPacket, len(packet))
	}
	f, err := d.decode(packet)
	if err != nil {
		// What the codec remembers is worth nothing now.
		d.release()
		return nil, fmt.Errorf("decoding a frame: %w", err)
	}
	return f, nil
}

func (d *VideoDecoder) decode(packet []byte) (*media.Frame, error) {
	if err := d.admit(packet); err != nil {
		return nil, err
	}
	shown := C.parley_decode(d.coder, plane(packet), C.uint(len(packet)))
	switch {
	case shown.error != 0:
		return nil, vpxError(shown.error)
	case shown.width == 0:
		return nil, nil
	case shown.corrupt != 0:
		return nil, ErrCorrupt
	case shown.format_ok == 0:
		return nil, ErrFormat
	}
	if err := checkSize(int(shown.width), int(shown.height)); err != nil {
		return nil, err
	}
	f := d.pool.Get(int(shown.width), int(shown.height))
	C.parley_copy(d.coder, plane(f.Image.Y), plane(f.Image.Cb), plane(f.Image.Cr))
	return f, nil
}

// admit looks at a packet before libvpx does: key frames must be of a size that
// we want memory for, and the first frame must be one.
func (d *VideoDecoder) admit(packet []byte) error {
	peeked := C.parley_peek(d.codec, plane(packet), C.uint(len(packet)))
	switch {
	case peeked.error != 0:
		return vpxError(peeked.error)
	case peeked.width != 0 || peeked.height != 0:
		if err := checkSize(int(peeked.width), int(peeked.height)); err != nil {
			return err
		}
	case d.coder == nil:
		return ErrNoKeyFrame
	}
	if d.coder != nil {
		return nil
	}
	opened := C.parley_open_decoder(d.codec, 1)
	if opened.error != 0 {
		return vpxError(opened.error)
	}
	d.coder = opened.coder
	return nil
}

// Close frees the codec. It may be called again; frames stay valid.
func (d *VideoDecoder) Close() error {
	d.closed = true
	d.release()
	return nil
}

func (d *VideoDecoder) release() {
	if d.coder != nil {
		C.parley_close(d.coder)
		d.coder = nil
	}
}
