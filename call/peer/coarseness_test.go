package peer

import (
	"testing"
	"time"
)

// watched plays so much time on a ladder whose encoder tells a quantizer for each
// picture, of what index says for the rung and the rate.
func watched(l *ladder, bps float64, from time.Time, d time.Duration, index func(scale float64) int) (at rung) {
	for t := from; t.Before(from.Add(d)); t = t.Add(ms(33)) {
		at = l.choose(hd, bps, false, t)
		l.coarse.saw(H264, index(at.scale), bps)
	}
	return at
}

func TestLadder_KeepsASizeWhosePicturesAreGood(t *testing.T) {
	var l ladder
	easy := func(float64) int { return 14 }
	watched(&l, 2_700_000, begin, 10*time.Second, easy)
	if r := watched(&l, 410_000, begin.Add(10*time.Second), 10*time.Second, func(float64) int { return 29 }); r.scale != 1 {
		t.Errorf("pictures of quantizer 29 are sent at %.2f of their size", r.scale)
	}
	if r := watched(&l, 410_000, begin.Add(20*time.Second), 10*time.Second, func(float64) int { return 45 }); r.scale == 1 {
		t.Error("pictures of quantizer 45 keep their size")
	}
}

// What the fall of the rate will do to the pictures is known before they are made.
func TestLadder_FallsAtOnceWherePicturesWouldBeTooCoarse(t *testing.T) {
	for index, keeps := range map[int]bool{14: true, 28: false} {
		var l ladder
		watched(&l, 2_700_000, begin, 10*time.Second, func(float64) int { return index })
		if r := l.choose(hd, 410_000, false, begin.Add(11*time.Second)); (r.scale == 1) != keeps {
			t.Errorf("quantizer %d at 2.7 Mbit/s: at 0.41 %.2f of the size", index, r.scale)
		}
	}
}

// Where little was expected of a rate and its pictures are better than their size is
// worth, the next is tried; and kept only if it is good.
func TestLadder_ClimbsWherePicturesAreBetterThanTheirSize(t *testing.T) {
	for _, row := range []struct {
		name string
		half int
		want float64
	}{{"an easy scene", 16, 1}, {"a hard one", 30, 0.5}} {
		var l ladder
		r := watched(&l, 450_000, begin, 30*time.Second, func(scale float64) int { return row.half + int(12*(scale-0.5)) })
		if r.scale != row.want {
			t.Errorf("%s: %.2f of the size", row.name, r.scale)
		}
	}
}

func TestCoarseness_OfWhoTellsNothing(t *testing.T) {
	var c coarseness
	for range 100 {
		c.saw(AV1, 10, 1_000_000)
	}
	if c.bears(1_000_000) || c.spares() {
		t.Error("something is known of a codec that tells nothing")
	}
	for range 100 {
		c.saw(VP8, 40, 1_000_000)
	}
	if !c.bears(1_000_000) || !c.bears(600_000) || c.bears(100_000) || c.bears(0) || c.spares() {
		t.Errorf("of quantizer 40 of VP8 is known: %+v", c)
	}
	if c.saw(H264, 12, 1_000_000); c.bears(1_000_000) {
		t.Error("another codec is judged by the pictures of the one before")
	}
}

// A request that was made before the last key frame can have come is about one that is on
// its way, unless that was dropped.
func TestVideoSender_LetsGoOfRequestsThatAreAnswered(t *testing.T) {
	for _, row := range []struct {
		after  time.Duration
		broken bool
		stays  bool
	}{{ms(500), false, false}, {ms(800), false, true}, {ms(500), true, true}, {ms(2000), false, true}} {
		v := &videoSender{lastKey: begin, keyHold: time.Second, broken: row.broken}
		v.wantKey.Store(true)
		if v.ripen(begin.Add(row.after)); v.wantKey.Load() != row.stays {
			t.Errorf("%v after a key frame that takes 700 ms, broken %t: the request stays: %t", row.after, row.broken, !row.stays)
		}
	}
	var fresh videoSender
	fresh.wantKey.Store(true)
	if fresh.ripen(begin); !fresh.wantKey.Load() {
		t.Error("the first key frame is not made")
	}
}
