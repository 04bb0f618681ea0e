package peer

import (
	"testing"

	"github.com/pion/rtcp"

	"parley/call"
	"parley/call/peer/conn"
)

// feedbackPeer is a peer whose picture is 720p.
func feedbackPeer() *Peer {
	p := newPeer(&Factory{config: Config{}.withDefaults(), log: quietLog}, call.Open{}, Handler{})
	p.flow = conn.NewFlow()
	p.video.shaper.path, p.video.shaper.soundWire = p.flow, p.audio.wire
	return p
}

// What a receiver says about the whole path is shared: sound first, and the
// picture has the rest.
func TestFeedback_SoundComesBeforeThePicture(t *testing.T) {
	for _, row := range []struct{ path, least, most float32 }{
		{300_000, 200_000, 300_000 - 40_000 - 26_400}, {150_000, 65_000, 150_000 - 40_000 - 26_400}, {60_000, leastPicture, leastPicture},
	} {
		p := feedbackPeer()
		p.audio.policy.wishes = browser
		p.audio.policy.plan(false, begin)
		p.feedbackPacket(p.video.outbound, &rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: row.path}, begin)
		if got := float32(p.video.shaper.shape(source{1280, 720, 30, false}, false, begin).settings.Bitrate); got < row.least || got > row.most {
			t.Errorf("of %.0f bit/s the picture has %.0f, want %.0f to %.0f", row.path, got, row.least, row.most)
		}
		if plan := p.audio.policy.plan(false, begin); plan.settings.Bitrate < 30_000 {
			t.Errorf("of %.0f bit/s the sound has %+v", row.path, plan)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	sent := begin
	report := rtcp.ReceptionReport{LastSenderReport: uint32(ntpTime(sent) >> 16), Delay: 65536 / 2}
	if got := roundTrip(report, sent.Add(ms(600))); got < ms(99) || got > ms(101) {
		t.Errorf("a round trip of 100 ms is %v", got)
	}
	for name, r := range map[string]rtcp.ReceptionReport{
		"no sender report": {Delay: 10}, "one from the future": {LastSenderReport: report.LastSenderReport, Delay: 1 << 31},
	} {
		if got := roundTrip(r, sent); got != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Both ways to ask for a key frame are heard, and counted apart, as W3C webrtc-stats has
// them; of sound there are none.
func TestFeedback_KeyFrames(t *testing.T) {
	p := feedbackPeer()
	loss, whole := &rtcp.PictureLossIndication{MediaSSRC: 1}, &rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: 1}}}
	for _, v := range []*videoSender{p.video, p.screen} {
		for _, asks := range []rtcp.Packet{loss, whole, whole} {
			v.wantKey.Store(false)
			p.feedbackPacket(v.outbound, asks, begin)
			if !v.wantKey.Load() {
				t.Errorf("%T asks in vain", asks)
			}
		}
		if s := v.read(); s.PLICount != 1 || s.FIRCount != 2 {
			t.Errorf("%d requests for lost pictures, %d for whole ones", s.PLICount, s.FIRCount)
		}
	}
	p.feedbackPacket(p.audio.outbound, whole, begin)
	if s := p.audio.read(); s.FIRCount != 0 {
		t.Errorf("%d requests for whole sound", s.FIRCount)
	}
}

func TestFeedback_OfOtherStreams(t *testing.T) {
	p := feedbackPeer()
	bind(t, p.audio.outbound, &wire{})
	report := func(ssrc uint32) {
		p.feedbackPacket(p.audio.outbound, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{
			SSRC: ssrc, FractionLost: 64, Jitter: audioRate / 100,
		}}}, begin)
	}
	p.audio.policy.wishes = browser
	report(43)
	if got := p.audio.policy.plan(false, begin).settings.Loss; got != 0 {
		t.Errorf("the loss of another stream counts: %d %%", got)
	}
	report(42)
	if got := p.audio.policy.plan(false, begin).settings.Loss; got != 25 {
		t.Errorf("our loss is %d %%, want 25", got)
	}
	if got := p.audio.policy.jitter; got != ms(10) {
		t.Errorf("our jitter is %v", got)
	}
}
