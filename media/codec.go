package media

// VideoSettings are what a VideoEncoder is to do.
type VideoSettings struct {
	Bitrate         int     // target in bit/s, positive; encoders keep it within what they can
	FramesPerSecond float64 // how many frames will come; 0: not known, the frames' own times tell
	// Detail is for text and drawings: the encoder keeps edges sharp, spends next
	// to nothing on what stands still, and rather shows a frame less than a coarse one.
	Detail bool
	// LargestUnit is the length of the longest NAL unit of H.264 in bytes, for
	// receivers that take no fragments (RFC 6184, packetization-mode 0); 0: any.
	LargestUnit int
}

// VideoEncoder turns frames into one codec's packets. It is used from one
// goroutine. A change of frame size is followed, with a key frame.
type VideoEncoder interface {
	// Encode compresses a frame, as a key frame if key is set. The returned
	// bytes are valid until the next call; they are empty when the encoder
	// chose to drop the frame.
	Encode(f *Frame, key bool) ([]byte, error)
	// Adapt takes new settings from the next frame on. What has not changed costs
	// nothing.
	Adapt(VideoSettings) error
	Close() error
}

// VideoDecoder turns packets of one codec into frames. It is used from one goroutine.
type VideoDecoder interface {
	// Decode returns the frame of a complete packet. The caller releases it.
	// A nil frame with a nil error means that this packet shows nothing. After
	// an error the decoder can go on with the next key frame.
	Decode(packet []byte) (*Frame, error)
	Close() error
}

// Quantized is a VideoEncoder or VideoDecoder that knows how coarse a picture is.
type Quantized interface {
	// Quantizer returns the quantizer index of the last frame as its codec counts
	// (the QP of W3C webrtc-stats qpSum: 0 to 127 of VP8, 0 to 255 of VP9, 0 to 51 of H.264); ok is
	// false for a codec of which that is not known.
	Quantizer() (index int, ok bool)
}

// AudioSettings are what an AudioEncoder is to do. A zero Bitrate, Complexity or
// PlaybackRate means the encoder's default.
type AudioSettings struct {
	Bitrate      int  // target in bit/s, 6 000 to 128 000
	Loss         int  // expected packet loss in percent, which sizes the in-band FEC; 0: none
	Near         bool // voice that is heard 4 ms sooner, without FEC, and without DTX where sound is not quite silent
	Complexity   int  // 1 to 10, what the encoder may cost
	Stereo       bool // shared sound of two channels, as music; else voice, mono
	Continuous   bool // silence is encoded as any sound: no DTX
	Constant     bool // every packet has the same length (CBR)
	PlaybackRate int  // samples a second that the receiver can play (RFC 7587 maxplaybackrate)
}

// AudioEncoder turns sound into Opus packets (RFC 6716). One goroutine.
type AudioEncoder interface {
	// Encode writes a packet for pcm into out and returns its length. pcm is 10,
	// 20, 40 or 60 ms at SampleRate, mono, or interleaved left and right if the
	// settings say Stereo. A length of two or less need not be sent (DTX).
	Encode(pcm []int16, out []byte) (int, error)
	// Adapt takes new settings from the next packet on. What has not changed
	// costs nothing.
	Adapt(AudioSettings) error
	Close() error
}

// AudioDecoder turns Opus packets into sound. One goroutine. Each method fills
// pcm at SampleRate, interleaved if the decoder was made for two channels, and
// returns the number of samples written per channel.
type AudioDecoder interface {
	Decode(packet []byte, pcm []int16) (int, error)
	// DecodeFEC recovers the packet *before* this one from its in-band FEC; the
	// length of pcm must be that of the lost packet.
	DecodeFEC(packet []byte, pcm []int16) (int, error)
	// Conceal invents sound for a packet that is lost; pcm as for DecodeFEC.
	Conceal(pcm []int16) (int, error)
	Close() error
}
