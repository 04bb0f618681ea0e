package conn

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// tellAfter is how long after a packet is told that it came, together with all that
// came in the meantime. libwebrtc tells every 50 to 250 ms, too.
const tellAfter = 100 * time.Millisecond

// teller tells who sends when each packet came (draft-holmer-rmcat-transport-wide-cc-
// extensions-01). pion's own tells when it was read, which is late while the frame
// before is decoded, hands every packet to another goroutine, which costs more
// than to take note of it, and allocates for each.
type teller struct {
	interceptor.NoOp
	began time.Time

	mu        sync.Mutex
	extension uint8 // id of the transport-wide sequence number; 0: not agreed
	repairing map[uint32]bool
	media     uint32 // SSRC of the last packet that was none sent again
	record    record
	writer    interceptor.RTCPWriter
	timer     *time.Timer // nil before the first packet
	waits     bool        // the timer runs
	closed    bool
	telling   sync.WaitGroup

	writing  sync.Mutex // what follows is written
	feedback Feedback
	packets  []rtcp.Packet // that is the feedback
}

func newTeller() *teller {
	t := &teller{began: time.Now(), repairing: map[uint32]bool{}, feedback: Feedback{Sender: rand.Uint32()}}
	t.packets = []rtcp.Packet{&t.feedback}
	return t
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
	if strings.EqualFold(info.MimeType, webrtc.MimeTypeRTX) {
		t.repairing[info.SSRC] = true
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
	if t.media == 0 || !t.repairing[h.SSRC] {
		t.media = h.SSRC
	}
	t.record.came(binary.BigEndian.Uint16(number), at.Sub(t.began))
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
	t.writing.Lock()
	defer t.writing.Unlock()
	t.rest()
	for t.told() {
		// What cannot be written is lost like any other packet: the sender is gone.
		_, _ = t.writer.Write(t.packets, nil)
		t.feedback.Count++
	}
}

// rest lets the next packet have the timer run again.
func (t *teller) rest() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waits = false
}

// told fills in what is to be told now, if anything is.
func (t *teller) told() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.feedback.Media = t.media
	return t.record.tell(&t.feedback)
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
