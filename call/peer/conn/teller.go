package conn

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// tellAfter is how long after a packet is told that it came, together with all that
// came in the meantime. libwebrtc tells every 50 to 250 ms, too.
const tellAfter = 100 * time.Millisecond

// teller tells who sends when each packet came (draft-holmer-rmcat-transport-wide-cc-
// extensions-01). pion's own tells when it was read, which is late while the frame
// before is decoded, and hands every packet to another goroutine, which costs more
// than to take note of it.
type teller struct {
	interceptor.NoOp
	began time.Time

	mu        sync.Mutex
	extension uint8 // id of the transport-wide sequence number; 0: not agreed
	recorder  *twcc.Recorder
	writer    interceptor.RTCPWriter
	timer     *time.Timer // nil before the first packet
	waits     bool        // the timer runs
	closed    bool
	telling   sync.WaitGroup
}

func newTeller() *teller {
	return &teller{began: time.Now(), recorder: twcc.NewRecorder(rand.Uint32())}
}

// BindRTCPWriter is called once, by pion.
func (t *teller) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writer = w
	return w
}

// BindRemoteStream implements interceptor.Interceptor: it learns where the numbers
// are, which is the same for all streams of a connection (RFC 8843 section 9).
func (t *teller) BindRemoteStream(info *interceptor.StreamInfo, r interceptor.RTPReader) interceptor.RTPReader {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == sdp.TransportCCURI {
			t.extension = uint8(e.ID)
		}
	}
	return r
}

// came takes note of a packet.
func (t *teller) came(h *rtp.Header, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.extension == 0 || t.closed || t.writer == nil {
		return
	}
	number := h.GetExtension(t.extension)
	if len(number) != 2 {
		return
	}
	t.recorder.Record(h.SSRC, binary.BigEndian.Uint16(number), at.Sub(t.began).Microseconds())
	t.wait()
}

// wait has what came told soon.
func (t *teller) wait() {
	switch {
	case t.waits:
		return
	case t.timer == nil:
		t.timer = time.AfterFunc(tellAfter, t.tell)
	default:
		t.timer.Reset(tellAfter)
	}
	t.waits = true
	t.telling.Add(1)
}

func (t *teller) tell() {
	defer t.telling.Done()
	if packets := t.told(); len(packets) > 0 {
		// What cannot be written is lost like any other packet: the sender is gone.
		_, _ = t.writer.Write(packets, nil)
	}
}

// told returns what is to be told now.
func (t *teller) told() []rtcp.Packet {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waits = false
	if t.closed {
		return nil
	}
	return t.recorder.BuildFeedbackPacket()
}

// Close implements interceptor.Interceptor.
func (t *teller) Close() error {
	t.mu.Lock()
	t.closed = true
	if t.waits && t.timer.Stop() {
		t.waits = false
		t.telling.Done()
	}
	t.mu.Unlock()
	t.telling.Wait()
	return nil
}
