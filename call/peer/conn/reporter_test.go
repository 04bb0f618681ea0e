package conn

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// reported is what a reporter tells.
type reported struct {
	mu      sync.Mutex
	reports []rtcp.ReceiverReport
}

func (r *reported) Write(packets []rtcp.Packet, _ interceptor.Attributes) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range packets {
		report := *p.(*rtcp.ReceiverReport)
		report.Reports = append([]rtcp.ReceptionReport(nil), report.Reports...)
		r.reports = append(r.reports, report)
	}
	return 0, nil
}

func (r *reported) all() []rtcp.ReceiverReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reports
}

// brings has a reporter read a packet of a stream.
func brings(t *testing.T, r interceptor.RTPReader, packet *[]byte, ssrc uint32, number uint16, stamp uint32) {
	t.Helper()
	raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: number, Timestamp: stamp}, Payload: []byte{1}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	*packet = raw
	if n, _, err := r.Read(make([]byte, receiveSize), nil); err != nil || n != len(raw) {
		t.Fatalf("%d bytes, %v", n, err)
	}
}

func bound(r *reporter, ssrc, rate uint32) (interceptor.RTPReader, *[]byte) {
	packet := new([]byte)
	return r.BindRemoteStream(&interceptor.StreamInfo{SSRC: ssrc, ClockRate: rate},
		interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
			return copy(b, *packet), a, nil
		})), packet
}

func TestReporter_TellsOfAllStreamsOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := newReporter(), &reported{}
		r.BindRTCPWriter(w)
		sound, heard := bound(r, 1, 48000)
		picture, seen := bound(r, 2, 90000)
		bound(r, 3, 90000) // of which nothing comes
		<-time.After(10 * time.Millisecond)
		for _, number := range []uint16{65534, 65535, 1, 2} {
			brings(t, sound, heard, 1, number, 0)
		}
		brings(t, picture, seen, 2, 7, 0)
		<-time.After(500 * time.Millisecond)
		if n := len(w.all()); n != 0 {
			t.Errorf("%d reports in half a second", n)
		}
		report := interceptor.RTCPReaderFunc((&wire{compounds: [][]byte{compound(t, &rtcp.SenderReport{SSRC: 1, NTPTime: 0x1234_5678_9abc_def0})}}).read)
		if _, _, err := r.BindRTCPReader(report).Read(make([]byte, receiveSize), nil); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		all := w.all()
		if len(all) != 1 || len(all[0].Reports) != 2 {
			t.Fatalf("told %+v", all)
		}
		for _, got := range all[0].Reports {
			want := rtcp.ReceptionReport{SSRC: 2, LastSequenceNumber: 7}
			if got.SSRC == 1 {
				want = rtcp.ReceptionReport{
					SSRC: 1, LastSequenceNumber: 1<<16 + 2, FractionLost: 256 / 5, TotalLost: 1,
					LastSenderReport: 0x5678_9abc, Delay: 65536 * 49 / 100,
				}
			}
			if got != want {
				t.Errorf("told %+v, want %+v", got, want)
			}
		}
		r.UnbindRemoteStream(&interceptor.StreamInfo{SSRC: 2})
		<-time.After(time.Second)
		if all := w.all(); len(all) != 2 || len(all[1].Reports) != 1 || all[1].Reports[0].FractionLost != 0 || all[1].Reports[0].TotalLost != 1 {
			t.Errorf("told %+v", all)
		}
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		<-time.After(time.Minute)
		if n := len(w.all()); n != 2 {
			t.Errorf("%d reports after it was closed", n-2)
		}
	})
}

func TestReporter_TellsOfManyStreamsInSeveralReports(t *testing.T) {
	r, w := newReporter(), &reported{}
	for ssrc := range uint32(mostReported + 2) {
		reader, packet := bound(r, ssrc, 90000)
		brings(t, reader, packet, ssrc, 1, 0)
	}
	for range 2 {
		r.tell(w, time.Now())
	}
	all := w.all()
	if len(all) != 4 || len(all[0].Reports) != mostReported || len(all[1].Reports) != 2 {
		t.Errorf("told in %d reports", len(all))
	}
	streams := map[uint32]int{}
	for _, report := range all {
		for _, s := range report.Reports {
			streams[s.SSRC]++
		}
	}
	if len(streams) != mostReported+2 || streams[0] != 2 {
		t.Errorf("told of %v", streams)
	}
}

func TestReporter_PassesOnWhatIsMalformed(t *testing.T) {
	r := newReporter()
	reader, packet := bound(r, 1, 90000)
	*packet = []byte{1, 2}
	if n, _, err := reader.Read(make([]byte, receiveSize), nil); n != 2 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	control := r.BindRTCPReader(interceptor.RTCPReaderFunc((&wire{compounds: [][]byte{{1, 2}}}).read))
	if n, _, err := control.Read(make([]byte, receiveSize), nil); n != 2 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestIncoming(t *testing.T) {
	begin := time.Unix(1, 0)
	type packet struct {
		number uint16
		stamp  uint32
		at     time.Duration
	}
	for name, row := range map[string]struct {
		packets []packet
		want    rtcp.ReceptionReport
	}{
		"nothing":      {nil, rtcp.ReceptionReport{}},
		"all":          {[]packet{{5, 0, 0}, {6, 90, ms}, {7, 180, 2 * ms}}, rtcp.ReceptionReport{LastSequenceNumber: 7}},
		"overtaken":    {[]packet{{5, 0, 0}, {7, 0, 0}, {6, 0, 0}}, rtcp.ReceptionReport{LastSequenceNumber: 7}},
		"half is lost": {[]packet{{5, 0, 0}, {8, 0, 0}}, rtcp.ReceptionReport{LastSequenceNumber: 8, FractionLost: 128, TotalLost: 2}},
		"twice":        {[]packet{{5, 0, 0}, {5, 0, 0}}, rtcp.ReceptionReport{LastSequenceNumber: 5}},
		"very many":    {[]packet{{5, 0, 0}, {30005, 0, 0}, {60005, 0, 0}}, rtcp.ReceptionReport{LastSequenceNumber: 60005, FractionLost: 255, TotalLost: 59998}},
		"late by 16 of the clock, and a wrap of its stamps": {
			[]packet{{5, 1<<32 - 90, 0}, {6, 0, ms + 178*time.Microsecond}}, rtcp.ReceptionReport{LastSequenceNumber: 6, Jitter: 1},
		},
	} {
		s := &incoming{rate: 90000}
		for _, p := range row.packets {
			s.came(&rtp.Header{SequenceNumber: p.number, Timestamp: p.stamp}, 100, begin.Add(p.at))
		}
		if got := s.report(0, begin); got != row.want {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
}
