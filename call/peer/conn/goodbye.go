package conn

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"

	"parley/call"
)

// maxChannels is how many data channels the remote may open, in all. Each costs
// a buffer of 64 KiB, and nobody here reads what comes.
const maxChannels = 32

// flushLimit bounds how long Close waits for the remote to agree that the data
// channel is closed (RFC 8831 section 6.7).
const flushLimit = 200 * time.Millisecond

// channel is the data channel whose closing ends the call, where that is the
// habit.
type channel struct {
	*webrtc.DataChannel
	closed chan struct{}
}

// openChannel prepares the channel, if it is ours to open: for goodbyes, for asides,
// or for both.
func (c *Conn) openChannel() error {
	label := cmp.Or(c.habits.Goodbye, asideLabel)
	if !c.offers || c.habits.Goodbye == "" && !c.habits.Asides {
		return nil
	}
	d, err := c.pc.CreateDataChannel(label, c.channelOptions())
	if err != nil {
		return fmt.Errorf("conn: creating a data channel: %w", err)
	}
	c.listen(d)
	c.speakOn(d)
	if c.habits.Goodbye != "" {
		c.watch(d)
	}
	return nil
}

// channelCame takes a data channel of the remote. The first is the one for the
// goodbye, if the remote is to open that, and the first of the protocol for asides
// is for them; pages do what they like with others. What comes on them is dropped
// by pion.
func (c *Conn) channelCame(d *webrtc.DataChannel) {
	c.channels++
	switch {
	case c.pc == nil:
	case c.channels > maxChannels:
		c.stopChannels()
	case c.habits.Goodbye != "" && !c.offers && c.goodbye == nil:
		c.asideCame(d)
		c.watch(d)
	default:
		c.asideCame(d)
	}
}

// watch follows the other side out when it closes the channel. There is no other
// goodbye to wait for.
func (c *Conn) watch(d *webrtc.DataChannel) {
	w := &channel{d, make(chan struct{})}
	c.goodbye = w
	d.OnClose(func() {
		close(w.closed)
		c.Do(func() {
			if c.pc != nil && c.goodbye == w {
				c.leave()
			}
		})
	})
}

// stopChannels ends all data channels, but not the call, because the remote
// opens them without end.
func (c *Conn) stopChannels() {
	if c.channels > maxChannels+1 {
		return
	}
	c.log.Warn("too many data channels", "limit", maxChannels)
	c.goodbye, c.aside.channel = nil, nil
	transport := c.pc.SCTP()
	c.Go(func(context.Context) {
		if err := transport.Stop(); err != nil {
			c.log.Debug("stopping data channels", "err", err)
		}
	})
}

// part closes the channel and waits a moment for the remote to notice.
func (w *channel) part() error {
	if w == nil || w.ReadyState() != webrtc.DataChannelStateOpen {
		return nil
	}
	err := w.Close()
	timer := time.NewTimer(flushLimit)
	defer timer.Stop()
	select {
	case <-w.closed:
	case <-timer.C:
	}
	return err
}

// parted stops sending at once, since the remote closed DTLS, and reports that
// it left a moment later, because the hang-up that explains it is normally on
// its way through the server.
func (c *Conn) parted() {
	c.media.Level(false)
	if c.farewell {
		return
	}
	c.farewell = true
	c.Go(func(ctx context.Context) {
		timer := time.NewTimer(c.timeouts.Farewell)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
			c.Do(c.leave)
		}
	})
}

// leave reports that the remote left, once.
func (c *Conn) leave() {
	if c.left || c.pc == nil {
		return
	}
	c.left = true
	c.media.Level(false)
	c.post(call.PeerLeft{ID: c.id})
}
