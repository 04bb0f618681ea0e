package conn

import (
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

func (c *Conn) flows(path webrtc.ICEConnectionState, security webrtc.DTLSTransportState) bool {
	return (path == webrtc.ICEConnectionStateConnected || path == webrtc.ICEConnectionStateCompleted) &&
		security == webrtc.DTLSTransportStateConnected
}

// gone reports whether the remote closed DTLS, upon which pion closes all.
func (c *Conn) gone(path webrtc.ICEConnectionState, security webrtc.DTLSTransportState) bool {
	return path == webrtc.ICEConnectionStateClosed || security == webrtc.DTLSTransportStateClosed
}
