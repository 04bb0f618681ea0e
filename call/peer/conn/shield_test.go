package conn

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"

	"parley/call/peer/congestion"
	"parley/call/peer/parity"
)

const flowFrame = 8 // packets of a frame

// lossy plays frames over a path that loses a tenth of the packets for seconds.
func lossy(f *Flow, e *ether, picture interceptor.RTPWriter, seconds int) {
	dice := rand.New(rand.NewPCG(1, 2))
	told, begun := 0, time.Now()
	for frame := range 30 * seconds {
		writeFrame(picture, frame)
		<-time.After(time.Second / 30) // of the bubble
		left := len(e.all())
		since := time.Since(begun)
		p := answer(told, left-told, uint32(since/referenceUnit))
		rest := since % referenceUnit
		for i := range p.Packets {
			p.Packets[i] = Fate{}
			if dice.Float64() >= 0.1 {
				p.Packets[i] = Fate{Came: true, Delta: int16(rest / deltaUnit)}
				rest = 0
			}
		}
		told = left
		time.AfterFunc(20*ms, func() { f.Feedback(p, time.Now()) })
	}
}

// writeFrame writes the packets of a frame, each of which says which it is.
func writeFrame(w interceptor.RTPWriter, frame int) {
	for i := range flowFrame {
		n := frame*flowFrame + i
		h := &rtp.Header{
			Version: 2, SSRC: flowSSRC, PayloadType: 96, SequenceNumber: uint16(n), Timestamp: uint32(3000 * frame), Marker: i == flowFrame-1,
		}
		_, _ = w.Write(h, bytes.Repeat([]byte{byte(n)}, 300+i), nil)
	}
}

// What gets lost of a frame is made again of what follows it, where the other side
// understands that; it is no retransmission, and is told.
func TestFlow_Parity(t *testing.T) {
	for _, understood := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f, e, picture, _ := streams(t, flowExtension)
			f.Shield(understood)
			lossy(f, e, picture, 6)
			<-time.After(time.Second)
			before := len(e.all())
			writeFrame(picture, 200)
			<-time.After(time.Second)
			packets := e.all()[before:]
			beside := packets[min(flowFrame, len(packets)):]
			if (len(beside) >= 3) != understood || len(beside) > 5 {
				t.Fatalf("%d packets beside a frame", len(beside))
			}
			estimate := f.Estimate(time.Now())
			if share := float64(len(beside)) / flowFrame; estimate.Parity < share/2 || estimate.Parity > share+0.1 || estimate.Repair > 1 {
				t.Errorf("parity is told to be %.2f, repair %.0f bit/s", estimate.Parity, estimate.Repair)
			}
			if understood {
				recovers(t, packets)
			}
		})
	}
}

// recovers checks that the first packets of a frame can be found again.
func recovers(t *testing.T, packets []rtp.Packet) {
	t.Helper()
	lost := len(packets) - flowFrame
	r := parity.NewRecovery()
	for i, p := range packets {
		if i < flowFrame {
			continue
		}
		if p.SSRC != flowRepair || p.PayloadType != ParityType || p.Timestamp != packets[0].Timestamp || p.Marker {
			t.Errorf("parity is sent as %v", p.Header)
		}
		if first := uint16(p.Payload[0])<<8 | uint16(p.Payload[1]); first != packets[0].SequenceNumber {
			t.Errorf("it is of %d", first)
		}
		if _, last, ok := r.Parity(200*flowFrame, p.Timestamp, p.Payload[2:]); !ok || last != (i == len(packets)-1) || r.Ready() {
			t.Fatalf("it is refused, or enough, or the last: %v", last)
		}
	}
	for i, p := range packets[lost:flowFrame] {
		came := parity.Packet{Sequence: int64(200*flowFrame + lost + i), Marker: p.Marker, Payload: p.Payload}
		r.Came(came)
	}
	found := r.Recover()
	if len(found) != lost {
		t.Fatalf("%d packets were found of %d", len(found), lost)
	}
	for i, p := range found {
		if !bytes.Equal(p.Payload, packets[i].Payload) || p.Type != 96 || p.Marker {
			t.Errorf("packet %d is %d bytes of %d", i, len(p.Payload), p.Type)
		}
	}
}

// A frame whose end never came is not mixed with the next, and one of packets too
// large for parity is sent all the same.
func TestFlow_ParityOfPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, e, picture, _ := streams(t, flowExtension)
		f.Shield(true)
		lossy(f, e, picture, 6)
		<-time.After(time.Second)
		before := len(e.all())
		write := func(n, stamp, length int, marker bool) {
			h := &rtp.Header{Version: 2, SSRC: flowSSRC, SequenceNumber: uint16(n), Timestamp: uint32(stamp), Marker: marker}
			_, _ = picture.Write(h, make([]byte, length), nil)
		}
		write(3000, 1, 500, false)
		for i := range flowFrame {
			write(3001+i, 2, 500, i == flowFrame-1)
		}
		for i := range congestion.MostBlock + flowFrame {
			write(4001+i, 3, 500, i == congestion.MostBlock+flowFrame-1)
		}
		for i := range flowFrame {
			write(5001+i, 4, parity.MostPayload+1, i == flowFrame-1)
		}
		<-time.After(5 * time.Second)
		firsts := map[int]int{}
		for _, p := range e.all()[before:] {
			if p.PayloadType == ParityType {
				firsts[int(p.Payload[0])<<8|int(p.Payload[1])]++
			}
		}
		if len(firsts) != 3 || firsts[3001] < 2 || firsts[4001] < 4 || firsts[4001+congestion.MostBlock] < 2 {
			t.Errorf("parity is sent of blocks from %v", firsts)
		}
	})
}

// sections is a description with a section of sound and one of pictures.
const sections = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 AA:BB\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n"

func TestParity_IsDeclared(t *testing.T) {
	text, err := declareParity(sections)
	if err != nil || !strings.Contains(text, "a=mid:1\r\na=x-parley-parity:30 AA:BB\r\n") {
		t.Fatalf("%v: %s", err, text)
	}
	sound, _, _ := strings.Cut(sections, "m=video")
	if same, err := declareParity(sound); err != nil || same != sound {
		t.Errorf("without pictures it is %v, %s", err, same)
	}
	if _, err := declareParity("v=1"); err == nil {
		t.Error("what is no description is taken")
	}
	for name, row := range map[string]struct {
		text string
		want bool
	}{
		"ours":                 {text, true},
		"nothing":              {sections, false},
		"sound only":           {sound, false},
		"somebody in between":  {strings.Replace(text, "sha-256 AA:BB", "sha-256 CC:DD", 1), false},
		"no fingerprint":       {strings.ReplaceAll(strings.ReplaceAll(text, "a=fingerprint:sha-256 AA:BB\r\n", ""), ":30 AA:BB", ":30 "), false},
		"another payload type": {strings.Replace(text, ":30 ", ":31 ", 1), false},
		"refused pictures":     {strings.Replace(text, "m=video 9", "m=video 0", 1), false},
	} {
		d := &sdp.SessionDescription{}
		if err := d.UnmarshalString(row.text); err != nil {
			t.Fatal(err)
		}
		if got := TakesParity(d); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
