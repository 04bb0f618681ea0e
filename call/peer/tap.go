package peer

import (
	"sync/atomic"
	"time"

	"parley/media"
)

// taps hand over what a peer sends and receives, while somebody wants it.
type taps struct{ to atomic.Pointer[media.Tap] }

// open returns who wants it, or nil.
func (t *taps) open() media.Tap {
	if t == nil {
		return nil
	}
	if to := t.to.Load(); to != nil {
		return *to
	}
	return nil
}

// Tap hands everything that is sent and received from now on to t, before it is
// decoded but only if it can be, or to nobody if t is nil. Pictures begin with a
// key frame soon: it is asked for. Another Tap takes the place of the one before.
func (p *Peer) Tap(t media.Tap) {
	if t == nil {
		p.taps.to.Store(nil)
		return
	}
	p.taps.to.Store(&t)
	p.WantKeys()
}

// WantKeys asks for a key frame of every picture that is sent or received.
func (p *Peer) WantKeys() {
	p.conn.Do(func() {
		for _, v := range p.pictureSenders() {
			v.wantKey.Store(true)
		}
		for _, v := range p.pictureReceivers() {
			v.wantKey.Store(true)
		}
	})
}

// tapSenders lets what is sent be handed over.
func (p *Peer) tapSenders() {
	p.audio.taps = &p.taps
	p.video.taps, p.video.channel = &p.taps, media.Channel{Mine: true, Kind: media.Video}
	p.screen.taps, p.screen.channel = &p.taps, media.Channel{Mine: true, Kind: media.Video, Screen: true}
}

func (p *Peer) pictureSenders() []*videoSender { return []*videoSender{p.video, p.screen} }

func (p *Peer) pictureReceivers() []*videoReceiver {
	var out []*videoReceiver
	for _, v := range []*videoReceiver{p.pictures, p.shown} {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

// tapped hands over a picture of ours, but not those that say that nothing is shown.
func (v *videoSender) tapped(f *media.Frame, packet []byte, key bool, stamp uint32) {
	if to := v.taps.open(); to != nil && !f.Blank() {
		to.Take(media.Encoded{
			Channel: v.channel, Codec: v.mime, Data: packet, Key: key, Width: f.Width(), Height: f.Height(),
			Stamp: stamp, Rate: videoRate, Arrival: f.Captured, Moment: f.Captured,
		})
	}
}

// tapped hands over a packet of our sound.
func (a *audioSender) tapped(packet []byte, stamp uint32) {
	if to := a.taps.open(); to != nil {
		to.Take(media.Encoded{
			Channel: media.Channel{Mine: true, Kind: media.Audio}, Codec: opus, Data: packet, Key: true,
			Stamp: stamp, Rate: audioRate, Arrival: a.captured, Moment: a.captured,
		})
	}
}

// tapped hands over a picture of theirs that was decoded.
func (v *videoReceiver) tapped(f assembled, picture *media.Frame) {
	to := v.taps.open()
	if to == nil || picture != nil && picture.Blank() {
		return
	}
	if picture != nil {
		v.size.width, v.size.height = picture.Width(), picture.Height()
	}
	to.Take(media.Encoded{
		Channel: v.channel, Codec: f.format.mime, Data: f.data, Key: f.key, Width: v.size.width, Height: v.size.height,
		Stamp: f.stamp, Rate: videoRate, Arrival: f.arrival, Moment: v.lips.captured(f.stamp),
	})
}

// tapped hands over a packet of their sound.
func (a *audioReceiver) tapped(payload []byte, stamp uint32, arrival time.Time) {
	if to := a.taps.open(); to != nil && len(payload) > 0 {
		to.Take(media.Encoded{
			Channel: media.Channel{Kind: media.Audio}, Codec: opus, Data: payload, Key: true,
			Stamp: stamp, Rate: audioRate, Arrival: arrival, Moment: a.lips.captured(stamp),
		})
	}
}

// captured returns when something was captured by the sender's wall clock, or zero
// while that is not known.
func (p *pictureSide) captured(stamp uint32) time.Time {
	p.sync.mu.Lock()
	defer p.sync.mu.Unlock()
	return p.clock.captured(stamp)
}

// captured is like that of pictures.
func (s *soundSide) captured(stamp uint32) time.Time {
	s.sync.mu.Lock()
	defer s.sync.mu.Unlock()
	return s.clock.captured(stamp)
}

func (c *senderClock) captured(stamp uint32) time.Time {
	if !c.known {
		return time.Time{}
	}
	return ntpMoment(c.moment(stamp))
}

// ntpMoment undoes ntpTime.
func ntpMoment(t uint64) time.Time {
	const from1900to1970 = 2208988800
	nanoseconds := (t & 0xffffffff) * uint64(time.Second) >> 32
	return time.Unix(int64(t>>32)-from1900to1970, int64(nanoseconds))
}
