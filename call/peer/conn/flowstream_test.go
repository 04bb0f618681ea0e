package conn

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// What is asked for again before it can have come is not sent again once more.
func TestFlow_SendsAgainOnlyWhatMayBeLost(t *testing.T) {
	f, e, picture, _ := streams(t, flowExtension)
	write(t, picture, flowSSRC, 7, 1100)
	e.wait(t, 1)
	f.Report(0, 10*time.Second, 1, time.Now()) // a very long round trip
	h := &rtp.Header{Version: 2, SSRC: flowRepair}
	for _, original := range []byte{7, 8, 7, 8, 7} {
		if _, err := picture.Write(h, []byte{0, original, 1, 2, 3}, nil); err != nil {
			t.Fatal(err)
		}
	}
	write(t, picture, flowSSRC, 9, 1100) // what comes last
	if packets := e.wait(t, 4); len(packets) != 4 || packets[3].SSRC != flowSSRC {
		t.Errorf("%d packets left, want two of the picture and two that are sent again", len(packets))
	}
}

// Where there is no stream for it, what is sent again is known by its number. It is no
// more than elsewhere, and does not wait behind the picture.
func TestFlow_SendsAgainInTheSameStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, e := NewFlow(), &ether{changed: make(chan struct{}, 1)}
		defer func() { _ = f.Close() }()
		w := f.BindLocalStream(&interceptor.StreamInfo{MimeType: "video/H264", SSRC: flowSSRC, SSRCRetransmission: flowRepair}, e)
		f.Report(0, 10*time.Second, 1, time.Now()) // a very long round trip
		const from, picture = 65_500, 100
		for i := range picture {
			write(t, w, flowSSRC, from+i, 1100)
		}
		for range 5 {
			write(t, w, flowSSRC, from+7, 1100)
		}
		<-time.After(5 * time.Second) // of the bubble
		packets := e.all()
		last := packets[len(packets)-1].SequenceNumber
		if len(packets) != picture+1 || last != uint16((from+picture-1)&0xffff) {
			t.Errorf("%d packets left of %d and one that was sent again, the last is %d", len(packets), picture, last)
		}
		if f.Estimate(time.Now()).Repair == 0 {
			t.Error("nobody is told what is spent on what is sent again")
		}
		f.Supersede(flowSSRC, uint16((from+picture)&0xffff), 0)
		write(t, w, flowSSRC, from+8, 1100)
		for i := range picture {
			write(t, w, flowSSRC, from+picture+i, 1100)
		}
		for i := range picture {
			write(t, w, flowSSRC, from+picture+i, 1100)
		}
		<-time.After(5 * time.Second)
		again := len(e.all()) - len(packets) - picture
		if again < 1 || again > 64 {
			t.Errorf("%d packets were sent again at once", again)
		}
	})
}

// Nothing before a key frame leaves once that is there.
func TestFlow_Supersede(t *testing.T) {
	f, e, picture, sound := streams(t, flowExtension)
	const old = 300
	for i := range old {
		write(t, picture, flowSSRC, i, 1100)
	}
	write(t, sound, 3000, 1, 80)
	write(t, picture, flowRepair, 0, 1100) // of packet 0
	f.Supersede(4711, old, 0)              // no stream of ours
	if f.Backlog() == 0 {
		t.Fatal("nothing waits")
	}
	f.Supersede(flowSSRC, old, 0)
	if got := f.Backlog(); got != 0 {
		t.Errorf("%v of it wait", got)
	}
	left := len(e.all())
	write(t, picture, flowRepair, 0, 1100)
	write(t, picture, flowSSRC, old, 1100)
	packets := e.wait(t, left+1)
	if last := packets[len(packets)-1]; len(packets) != left+1 || last.SequenceNumber != old || last.SSRC != flowSSRC {
		t.Errorf("%d packets left after the key frame's, the last is %v", len(packets)-left-1, last.Header)
	}
}

// However long ago the last key frame was, what is missing is sent again, over all of
// the numbers and on.
func TestFlow_SendsAgainLongAfterTheKeyFrame(t *testing.T) {
	k, w, f, again := answered(t)
	const from = 60_000 // so that they wrap soon
	f.Supersede(1, from, 0)
	for i := range 150_000 {
		write(t, w, 1, from+i, 10)
		if i%1000 != 999 {
			continue
		}
		before := again()
		if asks(t, k, 1, uint16(from+i-20)); again() != before+1 {
			t.Fatalf("packet %d is not sent again", i-20)
		}
	}
}

// What was sent before a key frame is of no use, however long ago the one before that
// was.
func TestFlow_SupersedesLongAfterTheKeyFrame(t *testing.T) {
	k, w, f, again := answered(t)
	f.Supersede(1, 0, 0)
	const key = 40_000
	for i := range key + 10 {
		if i == key {
			f.Supersede(1, key, 0)
		}
		write(t, w, 1, i, 10)
	}
	if asks(t, k, 1, key-1, key-500); again() != 0 {
		t.Errorf("%d packets are sent again that are of no use", again())
	}
	if asks(t, k, 1, key, key+9); again() != 2 {
		t.Errorf("%d packets of 2 are sent again", again())
	}
}

// With another codec, what is sent again has another payload type from its first key
// frame on, whoever it is that sends it again.
func TestFlow_SupersedeByAnotherCodec(t *testing.T) {
	f, e, picture, _ := streams(t, flowExtension)
	again := func(original byte) rtp.Packet {
		h := &rtp.Header{Version: 2, SSRC: flowRepair, PayloadType: flowRepairPT}
		before := len(e.all())
		if _, err := picture.Write(h, []byte{0, original, 1, 2, 3}, nil); err != nil {
			t.Fatal(err)
		}
		if h.PayloadType != flowRepairPT {
			t.Error("the caller's header was changed")
		}
		return e.wait(t, before+1)[before]
	}
	write(t, picture, flowSSRC, 7, 1100)
	e.wait(t, 1)
	if p := again(7); p.PayloadType != flowRepairPT {
		t.Errorf("it is sent again as %d", p.PayloadType)
	}
	f.Supersede(flowSSRC, 8, 103)
	write(t, picture, flowSSRC, 8, 1100)
	e.wait(t, 3)
	if p := again(8); p.PayloadType != 103 {
		t.Errorf("after the change it is sent again as %d", p.PayloadType)
	}
	f.Supersede(flowSSRC, 9, 0)
	write(t, picture, flowSSRC, 9, 1100)
	e.wait(t, 5)
	if p := again(9); p.PayloadType != 103 {
		t.Errorf("a key frame of the same codec changes it to %d", p.PayloadType)
	}
}
