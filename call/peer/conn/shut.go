package conn

import (
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// Close ends the connection in whatever state it is. It may be called again.
// PeerClosed is posted when every goroutine is joined, or when pion has not
// finished within Timeouts.Close.
func (c *Conn) Close() { c.Do(c.shut) }

func (c *Conn) shut() {
	pc, goodbye := c.pc, c.goodbye
	c.pc = nil
	if c.unsent != nil {
		c.unsent.timer.Stop()
		c.unsent = nil
	}
	c.stop()
	if !c.join(pc, goodbye) {
		c.log.Warn("closing took too long", "limit", c.timeouts.Close)
	}
	c.queue.Close()
}

// join closes pion and waits for our workers, which its closing wakes. pion is
// closed from a goroutine of its own, because nothing bounds that in time.
func (c *Conn) join(pc *webrtc.PeerConnection, goodbye *channel) bool {
	var all sync.WaitGroup
	all.Go(c.workers.Wait)
	if pc != nil {
		all.Go(func() {
			c.settle(pc)
			if err := goodbye.part(); err != nil {
				c.log.Debug("closing the data channel", "err", err)
			}
			if err := pc.GracefulClose(); err != nil {
				c.log.Debug("closing", "err", err)
			}
		})
	}
	joined := make(chan struct{})
	go func() {
		all.Wait()
		close(joined)
	}()
	timer := time.NewTimer(c.timeouts.Close)
	defer timer.Stop()
	select {
	case <-joined:
		return true
	case <-timer.C:
		return false
	}
}

// settleLimit bounds how long Close waits for pion to begin reading. It takes
// microseconds.
const settleLimit = time.Second

// settle lets pion get from the end of the handshake to the point where it reads.
// Between the two, DTLSTransport.Stop holds the lock that the reading side must
// pass, and waits for a session that waits to hand over its first packet.
func (c *Conn) settle(pc *webrtc.PeerConnection) {
	if pc.SCTP().Transport().State() != webrtc.DTLSTransportStateConnected {
		return
	}
	timer := time.NewTimer(settleLimit)
	defer timer.Stop()
	select {
	case <-c.started:
	case <-timer.C:
	}
}
