package peer

import (
	"image"
	"testing"
	"time"
)

// TestCrossing_Freezes has pictures cross paths as they are, for a minute. The
// delay is what it is without loss, and the time of a recovery.
func TestCrossing_Freezes(t *testing.T) {
	for name, row := range map[string]struct {
		path        *crossing
		freezes     uint64
		least, most time.Duration // median delay
		asks        int           // packets at most that are asked for
	}{
		"clean":              {&crossing{trip: ms(40)}, 0, ms(20), ms(21), 0},
		"narrow":             {&crossing{trip: ms(40), rate: 3e6}, 0, ms(45), ms(46), 0},
		"some jitter":        {&crossing{trip: ms(40), jitter: ms(20)}, 0, ms(25), ms(42), 80},
		"jitter":             {&crossing{trip: ms(40), jitter: ms(60)}, 0, ms(70), ms(95), 80},
		"loss of 1 %":        {&crossing{trip: ms(40), loss: 0.01}, 0, ms(50), ms(100), 300},
		"loss of 5 %":        {&crossing{trip: ms(40), loss: 0.05}, 0, ms(50), ms(110), 1200},
		"loss of 10 %":       {&crossing{trip: ms(40), loss: 0.1}, 0, ms(80), ms(160), 2000},
		"loss both ways":     {&crossing{trip: ms(40), loss: 0.1, deaf: 0.1}, 0, ms(80), ms(180), 2000},
		"loss, narrow":       {&crossing{trip: ms(40), loss: 0.1, rate: 4e6}, 0, ms(80), ms(190), 2000},
		"loss, 3 Mbit/s":     {&crossing{trip: ms(40), loss: 0.05, rate: 3e6}, 0, ms(80), ms(150), 1200},
		"loss, near":         {&crossing{trip: ms(4), loss: 0.1}, 0, ms(2), ms(30), 2000},
		"loss, far":          {&crossing{trip: ms(100), loss: 0.1}, 0, ms(150), ms(260), 2000},
		"loss, very far":     {&crossing{trip: ms(200), loss: 0.05}, 6, ms(250), ms(400), 1200},
		"a quarter is lost":  {&crossing{trip: ms(40), loss: 0.25}, 3, ms(80), ms(320), 5000},
		"overtaken":          {&crossing{trip: ms(40), swap: 0.05, swapBy: ms(8)}, 0, ms(20), ms(30), 80},
		"far overtaken":      {&crossing{trip: ms(40), swap: 0.02, swapBy: ms(30)}, 0, ms(20), ms(60), 60},
		"twice":              {&crossing{trip: ms(40), twice: 0.5, loss: 0.02}, 0, ms(50), ms(110), 600},
		"not a picture":      {&crossing{trip: ms(40), foreign: true}, 0, ms(20), ms(21), 0},
		"nothing sent again": {&crossing{trip: ms(40), without: true}, 0, ms(20), ms(21), 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := row.path.cross(t, time.Minute)
			median, slow := row.path.delays(8 * time.Second)
			t.Logf("%d freezes (%.2f s), %d frames, delay %v and %v, %d asked for, %d sent again, %d key frames, %d asked for",
				s.FreezeCount, s.TotalFreezesDuration, s.FramesRendered, median, slow,
				len(row.path.asked), row.path.resent, row.path.keys, row.path.requests)
			if s.FreezeCount > row.freezes || s.FramesRendered < 1780-40*row.freezes {
				t.Errorf("%d freezes, %d frames shown", s.FreezeCount, s.FramesRendered)
			}
			if median < row.least || median > row.most {
				t.Errorf("the delay is %v, want %v to %v", median, row.least, row.most)
			}
			if len(row.path.asked) > row.asks || row.path.resent > 3*row.asks {
				t.Errorf("%d packets were asked for, %d times in all", len(row.path.asked), row.path.resent)
			}
		})
	}
}

// What is lost for good costs a key frame; requests are seldom when none comes.
func TestCrossing_KeyFrames(t *testing.T) {
	c := crossing{trip: ms(40), loss: 0.005, without: true}
	s := c.cross(t, time.Minute)
	if s.PLICount < 10 || c.keys < 10 || s.FramesRendered < 1200 || s.KeyFrames < 5 {
		t.Errorf("%d requests, %d key frames, %d decoded, %d frames shown", s.PLICount, c.keys, s.KeyFrames, s.FramesRendered)
	}
	c = crossing{trip: ms(40), loss: 0.3, deaf: 1, keyless: true}
	s = c.cross(t, time.Minute)
	if c.requests < 55 || c.requests > 70 || s.FramesRendered > 200 {
		t.Errorf("%d requests for a key frame that never comes, %d frames shown", c.requests, s.FramesRendered)
	}
	for sequence, times := range c.asked {
		if times > 20 {
			t.Errorf("packet %d was asked for %d times", sequence, times)
		}
	}
}

func TestCrossing_SizeChanges(t *testing.T) {
	c := crossing{trip: ms(40), loss: 0.05, turn: func(second int) image.Point { return image.Pt(64<<(second%3), 48) }}
	s := c.cross(t, 10*time.Second)
	sizes := map[image.Point]int{}
	for _, f := range c.shown {
		sizes[f.size]++
	}
	if s.FreezeCount > 0 || len(sizes) != 3 || s.FrameWidth == 0 {
		t.Errorf("%d freezes, sizes %v", s.FreezeCount, sizes)
	}
}

// The statistics agree with each other, and with what was shown.
func TestCrossing_Statistics(t *testing.T) {
	c := crossing{trip: ms(40), loss: 0.1}
	s := c.cross(t, 20*time.Second)
	if s.FramesReceived < s.FramesDecoded || s.FramesDecoded < s.FramesRendered || s.FramesRendered < 590 {
		t.Errorf("%d received, %d decoded, %d shown", s.FramesReceived, s.FramesDecoded, s.FramesRendered)
	}
	if d := s.TotalInterFrameDelay; d < 19.5 || d > 20.1 {
		t.Errorf("20 s of pictures are %v s", d)
	}
	if even := s.TotalInterFrameDelay / crossingRate; s.TotalSquaredInterFrameDelay < even || s.TotalSquaredInterFrameDelay > 3*even {
		t.Errorf("the squares are %v, of even pictures %v", s.TotalSquaredInterFrameDelay, even)
	}
	if s.RetransmittedPackets < 300 || s.RetransmittedPackets > 900 || s.RetransmittedBytes/s.RetransmittedPackets > maxPayload {
		t.Errorf("%d packets of %d bytes came again", s.RetransmittedPackets, s.RetransmittedBytes)
	}
	median, _ := c.delays(8 * time.Second)
	if d := s.JitterBufferTargetDelay; d < 0.02 || d > median.Seconds() {
		t.Errorf("pictures are to wait %v s of %v", d, median)
	}
	if d := s.JitterBufferDelay; d < 0.02 || d > median.Seconds() {
		t.Errorf("pictures waited %v s of %v", d, median)
	}
}
