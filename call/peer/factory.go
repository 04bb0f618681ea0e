package peer

import (
	"fmt"
	"log/slog"
	"sync"

	"parley/call"
	"parley/call/peer/conn"
)

// Factory makes peers that share one webrtc.API.
type Factory struct {
	config Config
	api    *conn.API
	log    *slog.Logger
	open   sync.WaitGroup
}

// NewFactory checks the network options; the error names what is wrong.
func NewFactory(c Config) (*Factory, error) {
	c = c.withDefaults()
	for _, mime := range c.VideoEncodes {
		if newPacketizer(mime) == nil {
			return nil, fmt.Errorf("peer: there is no way to send %q", mime)
		}
	}
	api, err := conn.NewAPI(c.Network)
	if err != nil {
		return nil, err
	}
	log := c.Network.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Factory{config: c, api: api, log: log}, nil
}

// Open makes the peer of one call and returns at once. Whatever goes wrong is
// reported as call.PeerFailed. The caller must Close the peer.
func (f *Factory) Open(o call.Open, h Handler) *Peer {
	p := newPeer(f, o, h)
	f.api.Open(o, func(c *conn.Conn) conn.Media {
		p.conn = c
		return p
	}, h.Event)
	f.open.Go(func() { <-p.conn.Done() })
	return p
}

// Wait returns when every peer that was opened is closed and joined.
func (f *Factory) Wait() { f.open.Wait() }
