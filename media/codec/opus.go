package codec

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/hraban/opus"

	"parley/media"
)

// PacketSamples is what an Opus packet of ours holds: 20 ms at media.SampleRate.
const PacketSamples = 2 * media.StepSamples

// MaxOpusPacket is the longest Opus packet of one frame (RFC 6716, 3.2.1), in bytes.
const MaxOpusPacket = 1275

// The bit rates that Opus takes for voice, in bit/s.
const (
	MinAudioBitrate = 6_000
	MaxAudioBitrate = 128_000

	defaultAudioBitrate = 32_000
)

// opusComplexity costs less than two percent of a core; the steps above it
// are not heard.
const opusComplexity = 8

// firstLoss is the packet loss in percent that the encoder prepares for until
// it is told better.
const firstLoss = 5

// maxPacketSamples is the longest that one packet of anybody may last, 120 ms.
const maxPacketSamples = 120 * media.SampleRate / 1000

// errSamples complains of a buffer.
var errSamples = errors.New("wrong number of samples")

// OpusEncoder is a media.AudioEncoder for mono voice, with in-band FEC and DTX.
type OpusEncoder struct{ opus *opus.Encoder }

var _ media.AudioEncoder = (*OpusEncoder)(nil)

// NewOpusEncoder returns an encoder with a target of bps bit/s.
func NewOpusEncoder(bps int) (*OpusEncoder, error) {
	o, err := opus.NewEncoder(media.SampleRate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("opening an Opus encoder: %w", err)
	}
	e := &OpusEncoder{o}
	err = errors.Join(o.SetInBandFEC(true), o.SetDTX(true), e.Adapt(media.AudioSettings{Bitrate: bps, Loss: firstLoss}))
	if err != nil {
		return nil, fmt.Errorf("setting up an Opus encoder: %w", err)
	}
	return e, nil
}

// Encode writes a packet for PacketSamples samples into out, of which
// MaxOpusPacket bytes suffice, and returns its length. A length of two or less
// need not be sent.
func (e *OpusEncoder) Encode(pcm []int16, out []byte) (int, error) {
	if e.opus == nil {
		return 0, fmt.Errorf("encoding sound: %w", ErrClosed)
	}
	if len(pcm) != PacketSamples {
		return 0, fmt.Errorf("encoding sound: %w: %d", errSamples, len(pcm))
	}
	n, err := e.opus.Encode(pcm, out[:len(out):len(out)]) // the binding writes up to the capacity
	if err != nil {
		return 0, fmt.Errorf("encoding sound: %w", err)
	}
	return n, nil
}

// Adapt takes new settings from the next packet on, limited to what Opus takes.
func (e *OpusEncoder) Adapt(s media.AudioSettings) error {
	if e.opus == nil {
		return fmt.Errorf("setting up Opus: %w", ErrClosed)
	}
	err := errors.Join(
		e.opus.SetBitrate(min(max(cmp.Or(s.Bitrate, defaultAudioBitrate), MinAudioBitrate), MaxAudioBitrate)),
		e.opus.SetPacketLossPerc(min(max(s.Loss, 0), 100)),
		e.opus.SetComplexity(min(max(cmp.Or(s.Complexity, opusComplexity), 1), 10)))
	if err != nil {
		return fmt.Errorf("setting up Opus for %+v: %w", s, err)
	}
	return nil
}

// Close frees the codec. It may be called again.
func (e *OpusEncoder) Close() error {
	e.opus = nil
	return nil
}

// OpusDecoder is a media.AudioDecoder. Packets may be anything: a damaged one is
// an error, after which the decoder goes on.
type OpusDecoder struct{ opus *opus.Decoder }

var _ media.AudioDecoder = (*OpusDecoder)(nil)

// NewOpusDecoder returns a decoder to mono at media.SampleRate; stereo is mixed down.
func NewOpusDecoder() (*OpusDecoder, error) {
	o, err := opus.NewDecoder(media.SampleRate, 1)
	if err != nil {
		return nil, fmt.Errorf("opening an Opus decoder: %w", err)
	}
	return &OpusDecoder{o}, nil
}

// Decode writes the sound of a packet into pcm and returns the number of
// samples. Packets of others may last up to 120 ms, 5760 samples; one that does
// not fit into pcm is an error.
func (d *OpusDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	if d.opus == nil {
		return 0, fmt.Errorf("decoding sound: %w", ErrClosed)
	}
	n, err := d.opus.Decode(packet, limited(pcm))
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
	if err := d.opus.DecodeFEC(packet, limited(pcm)); err != nil {
		return 0, fmt.Errorf("recovering sound: %w", err)
	}
	return len(limited(pcm)), nil
}

// Conceal invents sound for a lost packet into all of pcm.
func (d *OpusDecoder) Conceal(pcm []int16) (int, error) {
	if d.opus == nil {
		return 0, fmt.Errorf("concealing sound: %w", ErrClosed)
	}
	if err := d.opus.DecodePLC(limited(pcm)); err != nil {
		return 0, fmt.Errorf("concealing sound: %w", err)
	}
	return len(limited(pcm)), nil
}

// limited cuts pcm to the longest packet. The binding writes up to the capacity,
// so the capacity becomes the length.
func limited(pcm []int16) []int16 {
	n := min(len(pcm), maxPacketSamples)
	return pcm[:n:n]
}

// Close frees the codec. It may be called again.
func (d *OpusDecoder) Close() error {
	d.opus = nil
	return nil
}
