package conn

import (
	"sync"

	"github.com/pion/webrtc/v4"

	"parley/call"
)

// level reads the states of ICE and DTLS and reports what they amount to. It
// does not use the connection state that pion keeps: two goroutines compute it,
// and the older reading can be stored last.
func (c *Conn) level() {
	if c.pc == nil {
		return
	}
	path, security := c.pc.ICEConnectionState(), c.pc.SCTP().Transport().State()
	switch {
	case c.gone(path, security):
		c.parted()
	case path == webrtc.ICEConnectionStateFailed || security == webrtc.DTLSTransportStateFailed:
		c.media.Level(false)
		c.post(call.PeerFailed{ID: c.id})
	case c.flows(path, security):
		c.wasUp = true
		c.media.Level(true)
		c.post(call.PeerUp{ID: c.id})
	case path == webrtc.ICEConnectionStateDisconnected:
		c.post(call.PeerDown{ID: c.id}) // media goes on: what we send may still arrive
	case c.wasUp:
		c.media.Level(false)
		c.post(call.PeerDown{ID: c.id})
	}
}

// connectionState follows the state that pion keeps, for one thing only: it first
// gets connected when the goroutine that secured the path goes on to read from it.
func (c *Conn) connectionState() func(webrtc.PeerConnectionState) {
	var once sync.Once
	return func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(c.started) })
		}
		c.Do(c.level)
	}
}

// reads reports whether pion has begun to read what comes. Until then a packet
// that comes and a Close block each other (see settle).
func (c *Conn) reads() bool {
	select {
	case <-c.started:
		return true
	default:
		return false
	}
}

func (c *Conn) flows(path webrtc.ICEConnectionState, security webrtc.DTLSTransportState) bool {
	return c.reads() && (path == webrtc.ICEConnectionStateConnected || path == webrtc.ICEConnectionStateCompleted) &&
		security == webrtc.DTLSTransportStateConnected
}

// gone reports whether the remote closed DTLS, upon which pion closes all.
func (c *Conn) gone(path webrtc.ICEConnectionState, security webrtc.DTLSTransportState) bool {
	return path == webrtc.ICEConnectionStateClosed || security == webrtc.DTLSTransportStateClosed
}
