package peer_test

import (
	"image"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/call/peer"
	"parley/call/peer/peertest"
	"parley/media"
)

// slow is an encoder on a processor that needs so long for a picture of full size,
// and less in proportion.
type slow struct {
	media.VideoEncoder
	full *atomic.Int64 // ns, of 640x360
}

// Encode implements media.VideoEncoder.
func (s slow) Encode(f *media.Frame, key bool) ([]byte, error) {
	<-time.After(time.Duration(s.full.Load()) * time.Duration(f.Width()*f.Height()) / (640 * 360))
	return s.VideoEncoder.Encode(f, key)
}

// slowed is a call in virtual time between two whole peers, of which the caller films
// 640x360 at 30 frames/s and encodes as slowly as is said.
type slowed struct {
	caller *peertest.End
	takes  atomic.Int64
	feed   *media.Feed
}

func (s *slowed) config(c *peer.Config) {
	s.feed = c.Sources.Video
	c.Scale = func(_, _ *image.YCbCr) error { return nil }
	open := c.NewVideoEncoder
	c.NewVideoEncoder = func(mime string, width, height int, settings media.VideoSettings) (media.VideoEncoder, error) {
		e, err := open(mime, width, height, settings)
		return slow{e, &s.takes}, err
	}
}

// film publishes pictures until done is closed.
func (s *slowed) film(done <-chan struct{}) {
	var pool media.Pool
	ticker := time.NewTicker(time.Second / 30)
	defer ticker.Stop()
	for number := uint64(1); ; number++ {
		select {
		case <-done:
			return
		case now := <-ticker.C:
			f := pool.Get(640, 360)
			f.Number, f.Captured = number, now
			s.feed.Publish(f)
		}
	}
}

// sent returns how wide pictures are, how many were sent, and why they are not as
// they were filmed.
func (s *slowed) sent() (width int, frames uint64, reason string) {
	v := s.caller.Stats().Outbound.Video
	return v.FrameWidth, v.FramesEncoded, v.QualityLimitationReason
}

// reaches waits for that, for up to two minutes of virtual time.
func (s *slowed) reaches(t *testing.T, what string, reached func(width int, reason string) bool) {
	t.Helper()
	for range 120 {
		if width, _, reason := s.sent(); reached(width, reason) {
			return
		}
		<-time.After(time.Second)
	}
	width, frames, reason := s.sent()
	t.Fatalf("no %s: %d wide, %d frames, %q", what, width, frames, reason)
}

func inVirtualTime(t *testing.T, test func(t *testing.T, s *slowed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &slowed{}
		n := newFarNetwork(t, 5*time.Millisecond)
		caller, callee := n.pair(media.Video, func(c *peer.Config) {
			if s.feed == nil { // the caller is made first
				s.config(c)
			}
		})
		s.caller = caller
		var filming sync.WaitGroup
		done := make(chan struct{})
		filming.Go(func() { s.film(done) })
		test(t, s)
		close(done)
		filming.Wait()
		caller.Close()
		callee.Close()
		ordered(t, callee.Pictures())
	})
}

// A processor that does not follow makes the picture smaller, not rarer, and says
// why; it gets all of it back when it does. One that can do with every second picture,
// or the third, is too slow as well.
func TestPeer_AProcessorThatIsTooSlow(t *testing.T) {
	for name, full := range map[string]time.Duration{
		"just": 28 * time.Millisecond, "for every second picture": 45 * time.Millisecond, "for every third": 80 * time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, s *slowed) {
				whole := func(width int, reason string) bool { return width == 640 && reason == "none" }
				s.reaches(t, "whole picture", whole)
				s.takes.Store(int64(full))
				s.reaches(t, "smaller picture", func(width int, reason string) bool { return width < 640 && reason == "cpu" })
				<-time.After(5 * time.Second)
				_, before, _ := s.sent()
				<-time.After(5 * time.Second)
				width, frames, reason := s.sent()
				if frames -= before; frames < 135 || width >= 640 || reason != "cpu" {
					t.Errorf("in 5 s %d frames, %d wide, for %q", frames, width, reason)
				}
				s.takes.Store(int64(time.Millisecond))
				s.reaches(t, "whole picture again", whole)
			})
		})
	}
}
