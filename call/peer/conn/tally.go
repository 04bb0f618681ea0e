package conn

import (
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// tally counts the retransmission requests that leave a connection, which the
// interceptor that makes them does not tell.
type tally struct {
	interceptor.NoOp
	mu    sync.Mutex
	nacks map[uint32]uint64
}

func newTally() *tally { return &tally{nacks: map[uint32]uint64{}} }

// BindRTCPWriter is called once, by pion.
func (t *tally) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	return interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, a interceptor.Attributes) (int, error) {
		for _, p := range packets {
			if n, ok := p.(*rtcp.TransportLayerNack); ok {
				t.add(n.MediaSSRC)
			}
		}
		return w.Write(packets, a)
	})
}

func (t *tally) add(ssrc uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nacks[ssrc]++
}

func (t *tally) of(ssrc uint32) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.nacks[ssrc]
}
