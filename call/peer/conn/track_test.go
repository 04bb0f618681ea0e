package conn

import (
	"testing"

	"github.com/pion/webrtc/v4"
)

func TestTrack_Picks(t *testing.T) {
	codec := func(mime, line string) webrtc.RTPCodecParameters {
		return webrtc.RTPCodecParameters{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, SDPFmtpLine: line}}
	}
	vp8, vp9, av1 := codec(webrtc.MimeTypeVP8, ""), codec(webrtc.MimeTypeVP9, ""), codec(webrtc.MimeTypeAV1, "")
	whole, pieces := codec(webrtc.MimeTypeH264, ""), codec(webrtc.MimeTypeH264, "packetization-mode=1")
	mimes := []string{webrtc.MimeTypeH264, webrtc.MimeTypeVP9, webrtc.MimeTypeVP8}
	camera, screen := NewTrack(webrtc.RTPCodecTypeVideo, mimes...), NewScreenTrack(mimes...)
	for name, c := range map[string]struct {
		agreed         []webrtc.RTPCodecParameters
		camera, screen webrtc.RTPCodecParameters
	}{
		"all":               {[]webrtc.RTPCodecParameters{av1, vp8, whole, pieces, vp9}, vp8, pieces},
		"H.264 whole first": {[]webrtc.RTPCodecParameters{whole, pieces, vp8}, pieces, pieces},
		"no H.264":          {[]webrtc.RTPCodecParameters{vp8, vp9, av1}, vp8, vp9},
		"VP8 alone":         {[]webrtc.RTPCodecParameters{vp8}, vp8, vp8},
	} {
		for track, want := range map[*Track]webrtc.RTPCodecParameters{camera: c.camera, screen: c.screen} {
			got, ok := track.pick(c.agreed)
			if !ok || got.MimeType != want.MimeType || got.SDPFmtpLine != want.SDPFmtpLine {
				t.Errorf("%s, %s: picks %+v", name, track.ID(), got)
			}
		}
	}
	if _, ok := screen.pick([]webrtc.RTPCodecParameters{av1}); ok {
		t.Error("picks what it cannot send")
	}
}

// context is what was agreed for a track, for tests.
type trackContext struct {
	webrtc.TrackLocalContext
	codecs []webrtc.RTPCodecParameters
}

func (c trackContext) CodecParameters() []webrtc.RTPCodecParameters { return c.codecs }
func (trackContext) ID() string                                     { return "track" }
func (trackContext) SSRC() webrtc.SSRC                              { return 1000 }
func (c trackContext) WriteStream() webrtc.TrackLocalWriter         { return nil }

// The codec changes for what is shown in the camera's place, and back, with what marks
// its packets and those that are sent again.
func TestTrack_Turns(t *testing.T) {
	codec := func(payload uint8, mime, line string) webrtc.RTPCodecParameters {
		return webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, SDPFmtpLine: line, ClockRate: 90000}, PayloadType: webrtc.PayloadType(payload),
		}
	}
	vp8, vp8Again := codec(96, webrtc.MimeTypeVP8, ""), codec(97, webrtc.MimeTypeRTX, "apt=96")
	vp9 := codec(98, webrtc.MimeTypeVP9, "")
	h264, h264Again := codec(102, webrtc.MimeTypeH264, "packetization-mode=1"), codec(103, webrtc.MimeTypeRTX, "apt=102")
	for name, row := range map[string]struct {
		agreed          []webrtc.RTPCodecParameters
		payload, repair uint8
	}{
		"all":       {[]webrtc.RTPCodecParameters{vp8, vp8Again, vp9, h264, h264Again}, 102, 103},
		"no H.264":  {[]webrtc.RTPCodecParameters{vp8, vp8Again, vp9}, 98, 0},
		"VP8 alone": {[]webrtc.RTPCodecParameters{vp8, vp8Again}, 96, 97},
	} {
		track := NewTrack(webrtc.RTPCodecTypeVideo, webrtc.MimeTypeH264, webrtc.MimeTypeVP8, webrtc.MimeTypeVP9)
		track.Alternate(webrtc.MimeTypeH264, webrtc.MimeTypeVP9, webrtc.MimeTypeVP8)
		track.Turn(true) // before anything was agreed
		if _, err := track.Bind(trackContext{codecs: row.agreed}); err != nil {
			t.Fatal(err)
		}
		for _, page := range []bool{false, true, true, false, true} {
			track.Turn(page)
			payload, repair := uint8(96), uint8(97)
			if page {
				payload, repair = row.payload, row.repair
			}
			b := track.bound.Load()
			if b.payload != payload || track.RepairType() != repair {
				t.Errorf("%s, text: %v: packets have type %d, and sent again %d", name, page, b.payload, track.RepairType())
			}
		}
	}
}
