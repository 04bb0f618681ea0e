package conn

import (
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// tallies makes one tally per PeerConnection, found by the connection's id.
type tallies struct {
	mu   sync.Mutex
	byID map[string]*tally
}

func newTallies() *tallies { return &tallies{byID: map[string]*tally{}} }

func (t *tallies) NewInterceptor(id string) (interceptor.Interceptor, error) {
	n := &tally{nacks: map[uint32]uint64{}}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byID[id] = n
	return n, nil
}

func (t *tallies) take(id string) *tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.byID[id]
	delete(t.byID, id)
	return n
}

// tally counts the retransmission requests that leave a connection, which the
// interceptor that makes them does not tell.
type tally struct {
	interceptor.NoOp
	mu    sync.Mutex
	nacks map[uint32]uint64
}

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
