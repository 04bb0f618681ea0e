package record

import (
	"errors"
	"strings"

	"parley/media"
)

// errFull is a file that takes no more tracks.
var errFull = errors.New("no room for tracks")

// The MIME types that RTP and files agree on, in lower case.
const (
	mimeVP8  = "video/vp8"
	mimeVP9  = "video/vp9"
	mimeAV1  = "video/av1"
	mimeH264 = "video/h264"
	mimeOpus = "audio/opus"
)

// format is what a file must know of a codec.
type format struct {
	id      string // CodecID of the Matroska codec registry
	webm    bool   // WebM may hold it
	private func(frame []byte) []byte
	content func(frame []byte) []byte
}

func plain(frame []byte) []byte { return frame }

func nothing([]byte) []byte { return nil }

// formatOf returns how a codec is kept; false for one that is not.
func formatOf(mime string) (format, bool) {
	switch strings.ToLower(mime) {
	case mimeVP8:
		return format{"V_VP8", true, nothing, plain}, true
	case mimeVP9:
		return format{"V_VP9", true, nothing, plain}, true
	case mimeAV1:
		return format{"V_AV1", true, av1Configuration, plain}, true
	case mimeH264:
		return format{"V_MPEG4/ISO/AVC", false, avcConfiguration, lengthPrefixed}, true
	case mimeOpus:
		return format{"A_OPUS", true, func([]byte) []byte { return opusHead() }, plain}, true
	}
	return format{}, false
}

// describe returns the entry of a stream that begins with a frame; false where
// the frame does not have what the entry needs.
func (f format) describe(of *media.Encoded, name string) (trackEntry, bool) {
	t := trackEntry{Name: name, Language: "und", CodecID: f.id, CodecPrivate: f.private(of.Data)}
	if !of.Channel.Mine && !of.Channel.Screen {
		t.FlagDefault = 1
	}
	if of.Channel.Kind == media.Audio {
		t.Type, t.SeekPreRoll = audioTrack, seekPreRoll
		t.Audio = &audio{Rate: soundRate, Channels: 2}
		return t, true
	}
	t.Type = videoTrack
	t.Video = &video{Width: uint64(of.Width), Height: uint64(of.Height)}
	needs := f.id == "V_MPEG4/ISO/AVC" || f.id == "V_AV1"
	return t, of.Width > 0 && of.Height > 0 && (!needs || t.CodecPrivate != nil)
}

// seekPreRoll is how much must be decoded before a place that is jumped to,
// nanoseconds (RFC 7845 section 4.6).
const seekPreRoll = 80_000_000
