package conn_test

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
)

// page is a PeerConnection that somebody else's program drives: it knows nothing
// of this package.
type page struct {
	t       *testing.T
	pc      *webrtc.PeerConnection
	started chan struct{} // closed when pion reads what comes
}

func newPage(t *testing.T) *page {
	t.Helper()
	s := webrtc.SettingEngine{}
	s.SetIncludeLoopbackCandidate(true)
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(m)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t, pc, make(chan struct{})}
	var once sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(p.started) })
		}
	})
	t.Cleanup(p.close)
	return p
}

// close waits, as Conn does, until pion reads what comes, before which it can
// close only where nothing comes.
func (p *page) close() {
	if p.pc.SCTP().Transport().State() == webrtc.DTLSTransportStateConnected {
		select {
		case <-p.started:
		case <-time.After(time.Second):
		}
	}
	if err := p.pc.GracefulClose(); err != nil {
		p.t.Error(err)
	}
}

func (p *page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) transceiver(kind webrtc.RTPCodecType, d webrtc.RTPTransceiverDirection) {
	p.t.Helper()
	_, err := p.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: d})
	p.must(err)
}

func (p *page) channel(label string) *webrtc.DataChannel {
	p.t.Helper()
	d, err := p.pc.CreateDataChannel(label, nil)
	p.must(err)
	return d
}

// offer makes an offer with every candidate in it.
func (p *page) offer() signaling.Description {
	p.t.Helper()
	d, err := p.pc.CreateOffer(nil)
	p.must(err)
	return p.describe(d, signaling.Offer)
}

// answer answers an offer.
func (p *page) answer(offer string) signaling.Description {
	p.t.Helper()
	p.must(p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}))
	d, err := p.pc.CreateAnswer(nil)
	p.must(err)
	return p.describe(d, signaling.Answer)
}

func (p *page) describe(d webrtc.SessionDescription, as signaling.DescriptionType) signaling.Description {
	p.t.Helper()
	gathered := webrtc.GatheringCompletePromise(p.pc)
	p.must(p.pc.SetLocalDescription(d))
	<-gathered
	return signaling.Description{Type: as, SDP: p.pc.LocalDescription().SDP}
}

func (p *page) accept(answer string) {
	p.t.Helper()
	p.must(p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
}

// habit is a server whose calls end with a data channel.
func habit(label string) conn.Options {
	return conn.Options{
		Habits: func(remote signaling.Address) signaling.PeerHabits {
			if remote != friend {
				return signaling.PeerHabits{}
			}
			return signaling.PeerHabits{Goodbye: label}
		},
		Timeouts: conn.Timeouts{Farewell: time.Minute}, // so that it is not what ends a call here
	}
}

// friend is whom the connections of tests lead to.
var friend = signaling.Address{Server: "wss://peers.example", Name: "friend"}

func finish(t *testing.T, c *conn.Conn, events chan call.Event) {
	t.Helper()
	c.Close()
	until[call.PeerClosed](t, events)
	<-c.Done()
}

// The side that offers opens the channel, with the label of the server's pages.
func TestGoodbye_OfTheOfferingSide(t *testing.T) {
	for _, remoteCloses := range []bool{true, false} {
		c, events := open(newAPI(t, habit("mc_1")), call.Caller, &nothing{})
		p := newPage(t)
		came := make(chan *webrtc.DataChannel, 1)
		p.pc.OnDataChannel(func(d *webrtc.DataChannel) { came <- d })
		c.SetRemote(p.answer(until[call.LocalDescription](t, events).Description.SDP))
		d := <-came
		if d.Label() != "mc_1" {
			t.Errorf("the label is %q", d.Label())
		}
		closed := make(chan struct{})
		d.OnClose(func() { close(closed) })
		if remoteCloses {
			p.must(d.Close())
			until[call.PeerLeft](t, events)
		}
		began := time.Now()
		finish(t, c, events)
		<-closed
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("closing took %v", took)
		}
	}
}

// The side that answers takes the first channel of the remote, whatever its name.
func TestGoodbye_OfTheAnsweringSide(t *testing.T) {
	c, events := open(newAPI(t, habit("mc_1")), call.Callee, &nothing{})
	p := newPage(t)
	p.transceiver(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverDirectionSendrecv)
	first := p.channel("anything")
	opened := make(chan struct{})
	first.OnOpen(func() { close(opened) })
	c.SetRemote(p.offer())
	p.accept(until[call.LocalDescription](t, events).Description.SDP)
	<-opened
	second := p.channel("another")
	opened = make(chan struct{})
	gone := make(chan struct{})
	second.OnOpen(func() { close(opened) })
	second.OnClose(func() { close(gone) })
	<-opened
	p.must(second.SendText("nobody reads this"))
	p.must(second.Close())
	<-gone
	until[call.PeerUp](t, events)
	p.must(first.Close())
	until[call.PeerLeft](t, events)
	finish(t, c, events)
}

// Where a channel means nothing, it does nothing, however many there are.
func TestGoodbye_UnexpectedChannels(t *testing.T) {
	for _, count := range []int{1, 100} {
		c, events := open(newAPI(t, habit("")), call.Callee, &nothing{})
		p := newPage(t)
		p.transceiver(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverDirectionSendrecv)
		closed := make(chan struct{}, count)
		for range count {
			d := p.channel("x")
			d.OnOpen(func() {
				if count == 1 {
					_ = d.Close()
				}
			})
			d.OnClose(func() { closed <- struct{}{} })
		}
		c.SetRemote(p.offer())
		p.accept(until[call.LocalDescription](t, events).Description.SDP)
		for range count { // by the page, or since they are too many
			<-closed
		}
		until[call.PeerUp](t, events)
		done := make(chan struct{})
		c.Do(func() { close(done) })
		<-done
		for range len(events) {
			if e := <-events; e == (call.PeerLeft{ID: "c"}) {
				t.Errorf("%d channels ended the call", count)
			}
		}
		finish(t, c, events)
	}
}

// How long a description waits for candidates depends on the server. Here they
// are never complete, because a STUN server does not answer.
func TestHabits_Gather(t *testing.T) {
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	asked := make(chan signaling.Address, 2)
	a := newAPI(t, conn.Options{
		Habits: func(remote signaling.Address) signaling.PeerHabits {
			asked <- remote
			return signaling.PeerHabits{Gather: 50 * time.Millisecond}
		},
		ICEServers: func(remote signaling.Address) []signaling.ICEServer {
			asked <- remote
			return []signaling.ICEServer{{URLs: []string{"stun:" + silent.LocalAddr().String()}}}
		},
		Timeouts: conn.Timeouts{Gather: time.Hour},
	})
	c, events := open(a, call.Caller, &nothing{})
	offer := until[call.LocalDescription](t, events).Description.SDP
	if !strings.Contains(offer, "a=candidate:") || strings.Contains(offer, "a=end-of-candidates") {
		t.Errorf("the offer did not wait, or too long:\n%s", offer)
	}
	for range 2 {
		if a := <-asked; a != friend {
			t.Errorf("asked for %v", a)
		}
	}
	finish(t, c, events)
}

// TestClose_AsMediaBegins hangs up at the moment that the path is secured, when
// the first packets are on their way.
func TestClose_AsMediaBegins(t *testing.T) {
	a := newAPI(t, conn.Options{})
	for range 20 {
		p := newPage(t)
		p.sends(audio, webrtc.RTPTransceiverDirectionSendrecv)
		c, events := open(a, call.Callee, &nothing{})
		c.SetRemote(p.offer())
		p.accept(until[call.LocalDescription](t, events).Description.SDP)
		until[call.PeerUp](t, events)
		finish(t, c, events)
	}
}
