package conn_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// nothing is a Media that sends one silent track.
type nothing struct {
	conn   *conn.Conn
	attach error
	hang   chan struct{} // a worker ends only when this is closed
	levels chan bool
}

func (n *nothing) Attach() error {
	if n.hang != nil {
		n.conn.Go(func(context.Context) { <-n.hang })
	}
	_, err := n.conn.PeerConnection().AddTransceiverFromTrack(
		conn.NewTrack(webrtc.RTPCodecTypeAudio, webrtc.MimeTypeOpus))
	return errors.Join(err, n.attach)
}

func (n *nothing) Offered(*sdp.SessionDescription) error {
	return conn.RefuseExtra(n.conn.PeerConnection())
}
func (n *nothing) Agreed(*sdp.SessionDescription)                 {}
func (n *nothing) Track(*webrtc.TrackRemote, *webrtc.RTPReceiver) {}

func (n *nothing) Level(up bool) {
	select {
	case n.levels <- up:
	default:
	}
}

func newAPI(t *testing.T, o conn.Options) *conn.API {
	t.Helper()
	o.Loopback, o.NoMDNS = true, true
	a, err := conn.NewAPI(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func open(a *conn.API, role call.Role, n *nothing) (*conn.Conn, chan call.Event) {
	return openMedia(a, role, func(c *conn.Conn) conn.Media {
		n.conn = c
		return n
	})
}

func openMedia(a *conn.API, role call.Role, m func(*conn.Conn) conn.Media) (*conn.Conn, chan call.Event) {
	events := make(chan call.Event, 1000)
	return a.Open(call.Open{ID: "c", Remote: friend, Offers: role == call.Caller}, m, func(e call.Event) { events <- e }), events
}

// until reads events until one of type T.
func until[T call.Event](t *testing.T, events <-chan call.Event) T {
	t.Helper()
	for {
		select {
		case e := <-events:
			if e, ok := e.(T); ok {
				return e
			}
		case <-time.After(30 * time.Second):
			var none T
			t.Fatalf("no %T", none)
			return none
		}
	}
}

func TestNewAPI_RefusesUnknownCodecs(t *testing.T) {
	if _, err := conn.NewAPI(conn.Options{VideoCodecs: []string{"video/MPEG2"}}); err == nil ||
		!strings.Contains(err.Error(), "MPEG2") {
		t.Errorf("the error is %v", err)
	}
	if _, err := conn.NewAPI(conn.Options{VideoCodecs: []string{"video/vp8", "video/VP9", "video/H264"}}); err != nil {
		t.Errorf("all codecs: %v", err)
	}
}

func TestConn_BadServersFailThePeer(t *testing.T) {
	a := newAPI(t, conn.Options{ICEServers: func(signaling.Address) []signaling.ICEServer {
		return []signaling.ICEServer{{URLs: []string{"turn:nobody"}}} // without a credential
	}})
	c, events := open(a, call.Caller, &nothing{})
	until[call.PeerFailed](t, events)
	c.Restart(1)
	until[call.PeerFailed](t, events)
	c.Close()
	until[call.PeerClosed](t, events)
	<-c.Done()
}

func TestConn_MediaThatCannotAttachFailsThePeer(t *testing.T) {
	c, events := open(newAPI(t, conn.Options{}), call.Caller, &nothing{attach: errors.New("no media")})
	until[call.PeerFailed](t, events)
	c.Close()
	until[call.PeerClosed](t, events)
	<-c.Done()
}

// TestConn_CloseIsBounded has a worker that does not end when it should.
func TestConn_CloseIsBounded(t *testing.T) {
	n := &nothing{hang: make(chan struct{})}
	c, events := open(newAPI(t, conn.Options{Timeouts: conn.Timeouts{Close: 100 * time.Millisecond}}), call.Caller, n)
	until[call.LocalDescription](t, events)
	c.Close()
	until[call.PeerClosed](t, events)
	<-c.Done()
	close(n.hang)
}

// panics is a Media with a fault.
type panics struct{ nothing }

func (p *panics) Offered(*sdp.SessionDescription) error { panic("made up") }

func TestConn_PanicCostsOneCall(t *testing.T) {
	a := newAPI(t, conn.Options{})
	caller, said := open(a, call.Caller, &nothing{})
	offer := until[call.LocalDescription](t, said).Description
	faulty, events := openMedia(a, call.Callee, func(c *conn.Conn) conn.Media {
		return &panics{nothing{conn: c}}
	})
	faulty.SetRemote(offer)
	until[call.PeerFailed](t, events)
	sound, events := open(a, call.Callee, &nothing{})
	sound.SetRemote(offer)
	until[call.LocalDescription](t, events)
	for _, c := range []*conn.Conn{caller, faulty, sound} {
		c.Close()
		<-c.Done()
	}
}

// TestConn_Certificate checks that a persistent identity shows in the offer.
func TestConn_Certificate(t *testing.T) {
	certificate, err := conn.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	prints, err := certificate.GetFingerprints()
	if err != nil {
		t.Fatal(err)
	}
	c, events := open(newAPI(t, conn.Options{Certificate: certificate}), call.Caller, &nothing{})
	offer := until[call.LocalDescription](t, events).Description.SDP
	if !strings.Contains(offer, strings.ToUpper(prints[0].Value)) {
		t.Error("the offer has another fingerprint")
	}
	c.Close()
	<-c.Done()
}

func TestDirections(t *testing.T) {
	for _, c := range []struct {
		name, sections string
		takes, gives   bool
	}{
		{"none", "m=audio 9 RTP 111\r\n", false, false},
		{"default", "m=video 9 RTP 96\r\n", true, true},
		{"sendonly", "m=video 9 RTP 96\r\na=sendonly\r\n", false, true},
		{"recvonly", "m=video 9 RTP 96\r\na=recvonly\r\n", true, false},
		{"inactive", "m=video 9 RTP 96\r\na=inactive\r\n", false, false},
		{"refused", "m=video 0 RTP 96\r\na=sendrecv\r\n", false, false},
		{"bundled", "m=video 0 RTP 96\r\na=bundle-only\r\na=sendrecv\r\n", true, true},
		{"second", "m=video 0 RTP 96\r\nm=video 9 RTP 96\r\na=recvonly\r\n", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &sdp.SessionDescription{}
			if err := d.UnmarshalString("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" + c.sections); err != nil {
				t.Fatal(err)
			}
			if got := conn.Takes(d, webrtc.RTPCodecTypeVideo); got != c.takes {
				t.Errorf("takes: %v", got)
			}
			if got := conn.Gives(d, webrtc.RTPCodecTypeVideo); got != c.gives {
				t.Errorf("gives: %v", got)
			}
		})
	}
}

func TestQueue_RunsInOrderUntilClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := conn.NewQueue()
		ran := []int{}
		for i := range 3 {
			q.Put(func() { ran = append(ran, i) })
		}
		q.Put(func() { q.Put(func() { ran = append(ran, 4) }); ran = append(ran, 3) })
		done := make(chan struct{})
		go func() {
			defer close(done)
			q.Run()
		}()
		synctest.Wait()
		q.Put(func() { q.Close(); q.Put(func() { ran = append(ran, -1) }) })
		q.Put(func() { ran = append(ran, -1) })
		<-done
		q.Put(func() { ran = append(ran, -1) })
		for i := range 5 {
			if len(ran) != 5 || ran[i] != i {
				t.Fatalf("ran %v", ran)
			}
		}
	})
}
