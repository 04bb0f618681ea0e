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
