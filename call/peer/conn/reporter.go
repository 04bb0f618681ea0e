package conn

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	// reportEvery is how often is told how streams come.
	reportEvery = time.Second
	// mostReported is how many streams one report tells of (RFC 3550 section 6.4.2).
	mostReported = 31
)

// reporter tells who sends how it comes, in receiver reports (RFC 3550 section 6.4.2),
// all streams in one, and how much may, where that is all that a sender takes. pion's own makes one of each, and reads for that all RTCP that
// comes, in a form that allocates.
type reporter struct {
	interceptor.NoOp

	mu      sync.Mutex
	streams map[uint32]*incoming

	report  rtcp.ReceiverReport
	packets []rtcp.Packet // that is the report, and the limits
	limits  limits

	once   sync.Once
	done   chan struct{}
	worker sync.WaitGroup
}

func newReporter() *reporter {
	r := &reporter{streams: map[uint32]*incoming{}, report: rtcp.ReceiverReport{SSRC: rand.Uint32()}, done: make(chan struct{})}
	r.packets = []rtcp.Packet{&r.report, &r.limits.packet}
	return r
}

// BindRTCPWriter is called once, by pion.
func (r *reporter) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	r.worker.Go(func() {
		ticker := time.NewTicker(reportEvery)
		defer ticker.Stop()
		for {
			select {
			case <-r.done:
				return
			case now := <-ticker.C:
				r.tell(w, now)
			}
		}
	})
	return w
}

// Close implements interceptor.Interceptor.
func (r *reporter) Close() error {
	r.once.Do(func() { close(r.done) })
	r.worker.Wait()
	return nil
}

// BindRemoteStream implements interceptor.Interceptor.
func (r *reporter) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	s := &incoming{rate: float64(info.ClockRate), limit: newLimit(info)}
	r.mu.Lock()
	r.streams[info.SSRC] = s
	r.mu.Unlock()
	var h rtp.Header
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err != nil {
			return n, a, err
		}
		if _, err := h.Unmarshal(b[:n]); err == nil { // who reads it next reports what is malformed
			r.mu.Lock()
			s.came(&h, n, time.Now())
			r.mu.Unlock()
		}
		return n, a, nil
	})
}

// UnbindRemoteStream implements interceptor.Interceptor.
func (r *reporter) UnbindRemoteStream(info *interceptor.StreamInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.streams, info.SSRC)
}

// BindRTCPReader implements interceptor.Interceptor.
func (r *reporter) BindRTCPReader(reader interceptor.RTCPReader) interceptor.RTCPReader {
	var c control
	look := func(h rtcp.Header, raw []byte) {
		if h.Type == rtcp.TypeSenderReport && c.blank(h).Unmarshal(raw) == nil {
			r.sent(&c.sender, time.Now())
		}
	}
	return interceptor.RTCPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err == nil {
			_ = eachRTCP(b[:n], look) // who reads it next reports what is malformed
		}
		return n, a, err
	})
}

// sent takes note of a sender report, which the next of ours refers to.
func (r *reporter) sent(report *rtcp.SenderReport, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.streams[report.SSRC]; s != nil {
		s.reference, s.referred = uint32(report.NTPTime>>16), now
	}
}

// tell writes how all streams came of which something did.
func (r *reporter) tell(w interceptor.RTCPWriter, now time.Time) {
	r.collect(now)
	packets := r.packets
	if !r.limits.tells() {
		packets = packets[:1]
	}
	for all := r.report.Reports; len(all) > 0; {
		r.report.Reports = all[:min(len(all), mostReported)]
		all = all[len(r.report.Reports):]
		// What cannot be written is lost like any other packet: the sender is gone.
		_, _ = w.Write(packets, nil)
		packets = packets[:1]
	}
}

// collect fills in what is to be told.
func (r *reporter) collect(now time.Time) {
	r.report.Reports = r.report.Reports[:0]
	r.limits.begin(r.report.SSRC)
	r.mu.Lock()
	defer r.mu.Unlock()
	for ssrc, s := range r.streams {
		if s.begun || !s.referred.IsZero() {
			report := s.report(ssrc, now)
			r.report.Reports = append(r.report.Reports, report)
			r.limits.add(ssrc, s, report.FractionLost, now)
		}
	}
}
