package peer

import (
	"slices"
	"testing"
	"time"

	"parley/media"
)

// follows takes pictures that are followed by packets, so long after each other.
func follows(o *onset, at time.Time, count int, after time.Duration) time.Time {
	for range count {
		at = at.Add(time.Second / 30)
		o.complete(true, at)
		for n := range onsetPackets {
			o.came(at.Add(time.Duration(n+1) * after))
		}
	}
	return at
}

func TestOnset_WaitsForWhatUsuallyFollowsAtOnce(t *testing.T) {
	var o onset
	at := follows(&o, begin, 100, ms(3))
	if o.complete(true, at); !o.until().Equal(at.Add(onsetMost)) {
		t.Errorf("a picture is kept back until %v", o.until().Sub(at))
	}
	for n := range onsetPackets {
		if o.until().IsZero() {
			t.Errorf("after %d packets a picture is not kept back", n)
		}
		o.came(at.Add(ms(70)))
	}
	if !o.until().IsZero() {
		t.Error("what was followed is kept back")
	}
	if o.complete(false, at.Add(ms(70))); !o.until().IsZero() {
		t.Error("what was overtaken is kept back")
	}
	at = follows(&o, at, 10, ms(40))
	if o.complete(true, at); !o.until().IsZero() {
		t.Error("while packets are late, pictures are kept back")
	}
}

func TestOnset_WaitsForNothingWherePausesAreUsual(t *testing.T) {
	var o onset
	if o.complete(true, begin); !o.until().IsZero() {
		t.Error("the first picture is kept back")
	}
	at := follows(&o, begin, 100, ms(6))
	if o.complete(true, at); !o.until().IsZero() {
		t.Error("a picture is kept back where there is a pause after each")
	}
}

func TestPictureQueue_KeepsBackOnlyTheNewest(t *testing.T) {
	var pool media.Pool
	var q pictureQueue
	defer q.clear()
	q.kept = begin.Add(ms(80))
	q.push(heldPicture{picture: pool.Get(2, 2), due: begin})
	if q.due(begin) || q.pause(time.Second, begin) != ms(80) {
		t.Errorf("the newest is due: %v, in %v", q.due(begin), q.pause(time.Second, begin))
	}
	q.push(heldPicture{picture: pool.Get(2, 2), due: begin.Add(ms(5))})
	if !q.due(begin) || q.pause(time.Second, begin) != 0 {
		t.Error("a picture that was followed is kept back")
	}
	q.pop().picture.Release()
	if q.due(begin.Add(ms(79))) || !q.due(begin.Add(ms(80))) {
		t.Error("the newest is not kept back as long as it should be")
	}
}

// TestCrossing_BurstOfJitter has a path that is used to its limit stall for two seconds
// as radio does. It begins with one long interval, which is a freeze (above 183 ms) in 17
// of 20 runs if the picture before it is shown at once when it has come.
func TestCrossing_BurstOfJitter(t *testing.T) {
	freezes, during := uint64(0), []time.Duration{}
	const runs = 20
	for seed := range uint64(runs) {
		c := crossing{seed: seed + 1, trip: ms(40), rate: 2_300_000, jitter: ms(200)}
		c.shakes = [2]time.Duration{10*time.Second + ms(7*int(seed)), 12 * time.Second}
		freezes += c.cross(t, 16*time.Second).FreezeCount
		clean, late := []time.Duration{}, 0
		for _, f := range c.shown[:len(c.shown)-1] { // nothing follows the last
			switch at := f.at.Sub(c.begun); {
			case at > 2*time.Second && at < c.shakes[0]:
				clean = append(clean, f.delay)
			case at >= c.shakes[0] && at < c.shakes[1]:
				during = append(during, f.delay)
			case at > c.shakes[1]+ms(1500) && f.delay > ms(100):
				late++
			}
		}
		if slices.Sort(clean); clean[len(clean)/2] > ms(65) || late > 0 {
			t.Errorf("before the burst pictures are %v late, and afterwards %d by more than 100 ms", clean[len(clean)/2], late)
		}
	}
	slices.Sort(during)
	t.Logf("%d freezes in %d runs; in the burst delay is %v and %v", freezes, runs, during[len(during)/2], during[len(during)*95/100])
	if freezes > runs/3 || during[len(during)*95/100] > ms(260) {
		t.Errorf("%d freezes in %d runs; in the burst delay is up to %v", freezes, runs, during[len(during)*95/100])
	}
}
