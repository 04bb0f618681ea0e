package peer

import (
	"testing"

	"github.com/pion/rtcp"

	"parley/call"
)

// What a receiver says about the whole path is shared: sound first, and the
// picture has the rest.
func TestFeedback_SoundComesBeforeThePicture(t *testing.T) {
	p := newPeer(&Factory{config: Config{}.withDefaults(), log: quietLog}, call.Open{}, Handler{})
	p.video.rate.size(1280, 720)
	p.audio.policy.wishes = browser
	p.audio.policy.plan(false, begin)
	for _, row := range []struct{ path, picture float32 }{
		{1_000_000, 1_000_000 - 40_000 - 26_400}, {150_000, 150_000 - 40_000 - 26_400}, {60_000, rembFloor},
	} {
		p.feedbackPacket(p.video.outbound, &rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: row.path}, begin)
		if got := p.video.rate.get(begin); got != int(row.picture) {
			t.Errorf("of %.0f bit/s the picture has %d, want %.0f", row.path, got, row.picture)
		}
	}
	if plan := p.audio.policy.plan(false, begin); plan.settings.Bitrate < 30_000 {
		t.Errorf("the sound has %+v", plan)
	}
}

func TestFeedback_OfOtherStreams(t *testing.T) {
	p := newPeer(&Factory{config: Config{}.withDefaults(), log: quietLog}, call.Open{}, Handler{})
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
