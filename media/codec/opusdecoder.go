package codec

import (
	"fmt"

	"github.com/hraban/opus"

	"parley/media"
)

// maxPacketSamples is the longest that one packet of anybody may last, 120 ms.
const maxPacketSamples = 120 * media.SampleRate / 1000

// OpusDecoder is a media.AudioDecoder. Packets may be anything: a damaged one is
// an error, after which the decoder goes on.
type OpusDecoder struct {
	opus     *opus.Decoder
	channels int
}

var _ media.AudioDecoder = (*OpusDecoder)(nil)

// NewOpusDecoder returns a decoder to one or two channels at media.SampleRate.
// Packets may be of either: stereo is mixed down, and mono is in both channels.
func NewOpusDecoder(channels int) (*OpusDecoder, error) {
	o, err := opus.NewDecoder(media.SampleRate, channels)
	if err != nil {
		return nil, fmt.Errorf("opening an Opus decoder of %d channels: %w", channels, err)
	}
	return &OpusDecoder{o, channels}, nil
}

// Decode writes the sound of a packet into pcm and returns the number of samples
// per channel. Packets of others may last up to 120 ms, 5760 samples; one that
// does not fit into pcm is an error.
func (d *OpusDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	if d.opus == nil {
		return 0, fmt.Errorf("decoding sound: %w", ErrClosed)
	}
	n, err := d.opus.Decode(packet, d.limited(pcm))
	if err != nil {
		return 0, fmt.Errorf("decoding sound: %w", err)
	}
	return n, nil
}

// DecodeFEC recovers the packet before this one into all of pcm, whose length
// must be that of the lost packet. Without FEC in the packet it conceals.
func (d *OpusDecoder) DecodeFEC(packet []byte, pcm []int16) (int, error) {
	if d.opus == nil {
		return 0, fmt.Errorf("recovering sound: %w", ErrClosed)
	}
	pcm = d.limited(pcm)
	if err := d.opus.DecodeFEC(packet, pcm); err != nil {
		return 0, fmt.Errorf("recovering sound: %w", err)
	}
	return len(pcm) / d.channels, nil
}

// Conceal invents sound for a lost packet into all of pcm.
func (d *OpusDecoder) Conceal(pcm []int16) (int, error) {
	if d.opus == nil {
		return 0, fmt.Errorf("concealing sound: %w", ErrClosed)
	}
	pcm = d.limited(pcm)
	if err := d.opus.DecodePLC(pcm); err != nil {
		return 0, fmt.Errorf("concealing sound: %w", err)
	}
	return len(pcm) / d.channels, nil
}

// limited cuts pcm to the longest packet, 120 ms. The binding writes up to the capacity,
// so the capacity becomes the length.
func (d *OpusDecoder) limited(pcm []int16) []int16 {
	n := min(len(pcm), maxPacketSamples*d.channels)
	return pcm[:n:n]
}

// Close frees the codec. It may be called again.
func (d *OpusDecoder) Close() error {
	d.opus = nil
	return nil
}
