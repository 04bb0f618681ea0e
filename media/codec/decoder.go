package codec

import (
	"fmt"
	"image"

	"parley/media"
)

// decoding is a library that decodes. Nothing is open before the first packet.
type decoding interface {
	// decode returns the size of what a packet shows, or none if it shows nothing.
	decode(packet []byte) (image.Point, error)
	// copy writes what decode showed into a tight picture of that size.
	copy(to *image.YCbCr)
	// colouring returns how what decode showed was made of red, green and blue.
	colouring() colouring
	// lost says that what was decoded so far is worth nothing: the next packet
	// must be a key frame.
	lost()
	// release frees everything.
	release()
}

// VideoDecoder is a media.VideoDecoder. Packets may be anything: what is too
// large or damaged is an error, and after an error, as at the start, only a key
// frame is taken.
type VideoDecoder struct {
	library decoding
	pool    media.Pool
	closed  bool
}

var (
	_ media.VideoDecoder = (*VideoDecoder)(nil)
	_ media.Quantized    = (*VideoDecoder)(nil)
)

// Quantizer implements media.Quantized: it knows of VP8, VP9 and H.264.
func (d *VideoDecoder) Quantizer() (index int, ok bool) {
	library, ok := d.library.(interface{ lastQuantizer() int })
	if !ok {
		return 0, false
	}
	return library.lastQuantizer(), true
}

// NewVideoDecoder returns a decoder for the codec of this MIME type, one of
// VideoDecoders.
func NewVideoDecoder(mime string) (*VideoDecoder, error) {
	library := decodingOf(mime)
	if library == nil {
		return nil, fmt.Errorf("opening a video decoder: %w: %q", ErrCodec, mime)
	}
	return &VideoDecoder{library: library}, nil
}

// Decode returns the frame of a complete packet, which the caller stamps and
// releases, or nil if the packet shows nothing. A packet of H.264 is an access
// unit as a byte stream (Annex B), one of AV1 a temporal unit in which every OBU
// has its size. The errors are ErrPacket, ErrClosed, ErrNoKeyFrame, ErrSize,
// ErrFormat, ErrCorrupt and the library's own; all but the first two call for a
// key frame.
func (d *VideoDecoder) Decode(packet []byte) (*media.Frame, error) {
	if d.closed {
		return nil, fmt.Errorf("decoding a frame: %w", ErrClosed)
	}
	if len(packet) == 0 || len(packet) > MaxPacket {
		return nil, fmt.Errorf("decoding a frame: %w: %d bytes", ErrPacket, len(packet))
	}
	f, err := d.decode(packet)
	if err != nil {
		d.library.lost()
		return nil, fmt.Errorf("decoding a frame: %w", err)
	}
	return f, nil
}

func (d *VideoDecoder) decode(packet []byte) (*media.Frame, error) {
	size, err := d.library.decode(packet)
	if err != nil || size == (image.Point{}) {
		return nil, err
	}
	if err := checkSize(size.X, size.Y); err != nil {
		return nil, err
	}
	f := d.pool.Get(size.X, size.Y)
	d.library.copy(f.Image)
	d.library.colouring().bring(f.Image)
	return f, nil
}

// Close frees the codec. It may be called again; frames stay valid.
func (d *VideoDecoder) Close() error {
	d.closed = true
	d.library.release()
	return nil
}
