//go:build e2e

package videobench

import (
	"context"
	"image"
	"sync"
	"testing"
	"time"

	"parley/call"
	"parley/call/peer"
	"parley/call/peer/conn"
	"parley/media"
	"parley/media/codec"
	"parley/ui/e2e/lab"
)

// eye looks at what is shown: it reads the number off each picture, and keeps
// some.
type eye struct {
	shutter *shutter
	begun   time.Time
	mu      sync.Mutex
	seen    showing
	stage   stage
}

func (e *eye) Show(f *media.Frame) {
	now := time.Now()
	n, ok := number(f.Image)
	if !ok {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := now.Sub(e.begun)
	e.seen.sights = append(e.seen.sights, sight{n, at, e.shutter.since(n, now)})
	if len(e.seen.sights)%sampleEvery == 0 {
		e.seen.samples = append(e.seen.samples, sample{n, at, clone(f.Image)})
	}
	e.stage.show(f, n, at)
}

// begin begins the recording.
func (e *eye) begin(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stage.clear()
	e.begun, e.seen, e.stage = now, showing{}, stage{}
	e.shutter.begin(now)
}

// end ends it, and returns what was seen.
func (e *eye) end(now time.Time) *showing {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stage.until(now.Sub(e.begun))
	e.stage.clear()
	e.seen.stood, e.seen.captures = e.stage.stood, e.shutter.captures()
	return &e.seen
}

func clone(p *image.YCbCr) *image.YCbCr {
	c := image.NewYCbCr(image.Rect(0, 0, p.Rect.Dx(), p.Rect.Dy()), p.SubsampleRatio)
	copy(c.Y, p.Y)
	copy(c.Cb, p.Cb)
	copy(c.Cr, p.Cr)
	return c
}

// side is one of two peers.
type side struct {
	factory *peer.Factory
	peer    *peer.Peer
	up      chan struct{}
	closed  chan struct{}
}

func newSide(b *testing.B, c peer.Config) *side {
	b.Helper()
	f, err := peer.NewFactory(c)
	if err != nil {
		b.Fatal(err)
	}
	return &side{factory: f, up: make(chan struct{}), closed: make(chan struct{})}
}

// open opens the peer; what it says goes to the other over the path, or as it is
// where there is none.
func (s *side) open(index int, path *lab.Path, other *side) {
	var once sync.Once
	s.peer = s.factory.Open(call.Open{ID: "bench", Offers: index == 0, Kind: media.Video}, peer.Handler{
		Event: func(e call.Event) {
			switch e := e.(type) {
			case call.LocalDescription:
				if path != nil {
					e.Description.SDP = path.SDP(index, e.Description.SDP)
				}
				other.peer.SetRemote(e.Description)
			case call.LocalCandidate:
				ok := true
				if path != nil {
					e.Candidate.Candidate, ok = path.Candidate(index, e.Candidate.Candidate)
				}
				if ok {
					other.peer.AddCandidate(e.Candidate)
				}
			case call.PeerUp:
				once.Do(func() { close(s.up) })
			case call.PeerClosed:
				close(s.closed)
			}
		},
	})
}

func (s *side) close() {
	s.peer.Close()
	<-s.closed
	s.factory.Wait()
}

// config is what a running Parley gives its peers, without sound.
func config(source *media.Feed, screen media.VideoSink) peer.Config {
	return peer.Config{
		Sources: peer.Sources{Video: source}, Screen: screen, MaxVideoBitrate: mostBitrate, Scale: codec.Scale,
		NewVideoEncoder: func(mime string, _, _ int, s media.VideoSettings) (media.VideoEncoder, error) {
			return codec.NewVideoEncoder(mime, s)
		},
		NewVideoDecoder: func(mime string) (media.VideoDecoder, error) { return codec.NewVideoDecoder(mime) },
		VideoEncodes:    codec.VideoEncoders(),
		VideoDecodes:    codec.VideoDecoders(),
		Network:         conn.Options{Loopback: true, NoMDNS: true},
	}
}

// mostBitrate is what the senders may use, both Parley and Chromium: more than
// any path here has.
const mostBitrate = 5_000_000

// parley shows the clip from one peer to another, over a path, and calls during
// while that goes on.
func parley(b *testing.B, f *footage, path *lab.Path, during func(ctx context.Context)) *showing {
	b.Helper()
	var source media.Feed
	s := &shutter{}
	watching := &eye{shutter: s, begun: time.Now()}
	sends, shows := newSide(b, config(&source, nil)), newSide(b, config(nil, watching))
	shows.open(1, path, sends)
	sends.open(0, path, shows)
	ctx, stop := context.WithCancel(b.Context())
	var camera sync.WaitGroup
	camera.Go(func() { f.play(ctx, &source, s) })
	select {
	case <-sends.up:
	case <-time.After(20 * time.Second):
		b.Fatal("the two do not connect")
	}
	watching.begin(time.Now())
	during(ctx)
	ended := time.Now()
	stop()
	camera.Wait()
	sends.close()
	shows.close()
	return watching.end(ended)
}

// play publishes the clip, again and again, as a camera would.
func (f *footage) play(ctx context.Context, to *media.Feed, s *shutter) {
	ticker := time.NewTicker(time.Second / frameRate)
	defer ticker.Stop()
	var pool media.Pool
	for n := uint64(0); ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		frame := pool.Get(f.size.X, f.size.Y)
		from := f.frames[n%clipFrames].Image
		copy(frame.Image.Y, from.Y)
		copy(frame.Image.Cb, from.Cb)
		copy(frame.Image.Cr, from.Cr)
		frame.Number, frame.Captured = n, time.Now()
		s.captured(int(n%clipFrames), frame.Captured)
		to.Publish(frame)
	}
}
