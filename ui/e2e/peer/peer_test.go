//go:build e2e

// Package peer_test joins connections of package conn with pages of a browser,
// without a server between them.
package peer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
	"parley/ui/e2e/browser"
)

// patience bounds one test. It is generous because the machine may be busy.
const patience = 90 * time.Second

// soon is how quickly the end of a call must be noticed.
const soon = 1500 * time.Millisecond

// script is a page's end of a call, as tutorials have it.
const script = `<!doctype html><title>peer</title><script>
const seen = [];
let pc, channel;
function make() {
	pc = new RTCPeerConnection();
	pc.ondatachannel = e => watch(e.channel);
	pc.onconnectionstatechange = () => seen.push(pc.connectionState);
}
function watch(c) {
	channel = c;
	c.onopen = () => seen.push('open ' + c.label);
	c.onclose = () => seen.push('closed ' + c.label);
}
async function camera(kinds) {
	const stream = await navigator.mediaDevices.getUserMedia(kinds);
	for (const track of stream.getTracks()) pc.addTrack(track, stream);
}
async function whole(description) {
	await pc.setLocalDescription(description);
	if (pc.iceGatheringState !== 'complete') {
		await new Promise(done => pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done());
	}
	return pc.localDescription.sdp;
}
async function offer() { return whole(await pc.createOffer()); }
async function answer(sdp) {
	await pc.setRemoteDescription({type: 'offer', sdp});
	return whole(await pc.createAnswer());
}
async function received(kind) {
	for (const r of (await pc.getStats()).values())
		if (r.type === 'inbound-rtp' && r.kind === kind && r.packetsReceived > 5) return true;
	return false;
}
</script>`

// tab is the page under test.
type tab struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // of one test
	page browser.Page
}

func newTab(t *testing.T, b browser.Browser, url string) *tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	page, err := b.NewPage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p := &tab{t, ctx, page}
	p.must(page.Open(ctx, url))
	p.eval("make()")
	return p
}

func (p *tab) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// eval runs an expression with its arguments as JSON.
func (p *tab) eval(format string, args ...any) string {
	p.t.Helper()
	for i, a := range args {
		text, err := json.Marshal(a)
		p.must(err)
		args[i] = string(text)
	}
	raw, err := p.page.Eval(p.ctx, fmt.Sprintf(format, args...))
	p.must(err)
	var text string
	_ = json.Unmarshal(raw, &text) // not every value is a text
	return text
}

func (p *tab) wait(condition string) {
	p.t.Helper()
	if err := browser.WaitFor(p.ctx, p.page, condition); err != nil {
		p.t.Fatalf("%v; seen: %s", err, p.eval("seen.join(', ')"))
	}
}

// studio sends sound and picture, and notes what comes.
type studio struct {
	conn  *conn.Conn
	comes chan string
}

func (s *studio) Attach() error {
	for kind, mime := range map[webrtc.RTPCodecType]string{
		webrtc.RTPCodecTypeAudio: webrtc.MimeTypeOpus, webrtc.RTPCodecTypeVideo: webrtc.MimeTypeVP8,
	} {
		track := conn.NewTrack(kind, mime)
		if _, err := s.conn.PeerConnection().AddTransceiverFromTrack(track); err != nil {
			return err
		}
		s.conn.Go(func(ctx context.Context) { pump(ctx, track) })
	}
	return nil
}

func pump(ctx context.Context, track *conn.Track) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for n := uint16(1); ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			track.Write(&rtp.Header{SequenceNumber: n, Timestamp: uint32(n) * 960, Marker: true}, []byte{0x78, 0, 0, 0})
		}
	}
}

func (s *studio) Offered(*sdp.SessionDescription) error {
	return conn.RefuseExtra(s.conn.PeerConnection())
}
func (s *studio) Agreed(*sdp.SessionDescription) {}
func (s *studio) Level(bool)                     {}

func (s *studio) Track(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { s.comes <- t.Kind().String() }

// side is our end.
type side struct {
	*studio
	t      *testing.T
	events chan call.Event
}

func newSide(t *testing.T, offers bool, goodbye string) *side {
	t.Helper()
	api, err := conn.NewAPI(conn.Options{
		Loopback: true,
		Habits:   func(signaling.Address) signaling.PeerHabits { return signaling.PeerHabits{Goodbye: goodbye} },
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &side{&studio{comes: make(chan string, 20)}, t, make(chan call.Event, 1000)}
	c := api.Open(call.Open{ID: "c", Offers: offers}, func(c *conn.Conn) conn.Media {
		s.conn = c
		return s
	}, func(e call.Event) { s.events <- e })
	t.Cleanup(func() {
		c.Close()
		<-c.Done()
	})
	return s
}

// until reads events up to one of type T.
func until[T call.Event](s *side) T {
	s.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		select {
		case e := <-s.events:
			if e, ok := e.(T); ok {
				return e
			}
		case <-timeout.C:
			var none T
			s.t.Fatalf("no %T", none)
			return none
		}
	}
}

// weOffer connects with us as the side that offers.
func weOffer(s *side, p *tab) {
	s.t.Helper()
	answer := p.eval("answer(%s)", until[call.LocalDescription](s).Description.SDP)
	s.conn.SetRemote(signaling.Description{Type: signaling.Answer, SDP: answer})
	until[call.PeerUp](s)
}

// theyOffer connects with the page as the side that offers.
func theyOffer(s *side, p *tab) (offer, answer string) {
	s.t.Helper()
	offer = p.eval("offer()")
	s.conn.SetRemote(signaling.Description{Type: signaling.Offer, SDP: offer})
	answer = until[call.LocalDescription](s).Description.SDP
	p.eval("pc.setRemoteDescription({type: 'answer', sdp: %s})", answer)
	until[call.PeerUp](s)
	return offer, answer
}

func (s *side) leftWithin(limit time.Duration, do func()) {
	s.t.Helper()
	began := time.Now()
	do()
	until[call.PeerLeft](s)
	took := time.Since(began)
	s.t.Logf("noticed after %v", took)
	if took > limit {
		s.t.Errorf("noticed after %v, want %v", took, limit)
	}
}

func start(t *testing.T) (browser.Browser, string) {
	t.Helper()
	b, err := browser.Chromium(browser.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(script))
	}))
	t.Cleanup(server.Close)
	return b, server.URL
}

// A page that goes away without a word is noticed, however it goes.
func TestLeaving(t *testing.T) {
	b, url := start(t)
	for _, c := range []struct {
		name, goodbye, do string
		limit             time.Duration
	}{
		{"closes its connection", "", "pc.close()", soon},
		{"closes its connection, and with it the channel", "x", "pc.close()", soon},
		{"closes the channel", "x", "channel.close()", soon},
		{"opens another page", "", "void(location.href = 'about:blank')", soon + 2*time.Second}, // the browser takes its time
	} {
		for _, offers := range []bool{true, false} {
			t.Run(strings.ReplaceAll(fmt.Sprint(c.name, " we offer ", offers), " ", "-"), func(t *testing.T) {
				p, s := newTab(t, b, url), newSide(t, offers, c.goodbye)
				p.eval("camera({audio: true, video: true})")
				if offers {
					weOffer(s, p)
				} else {
					if c.goodbye != "" {
						p.eval("watch(pc.createDataChannel('mc_page'))")
					}
					theyOffer(s, p)
				}
				if c.goodbye != "" {
					p.wait("channel && channel.readyState === 'open'")
				}
				s.leftWithin(c.limit, func() { _, _ = p.page.Eval(p.ctx, c.do) })
			})
		}
	}
}

// Our goodbye reaches a page that listens to nothing but its channel.
func TestGoodbye(t *testing.T) {
	b, url := start(t)
	for _, offers := range []bool{true, false} {
		p, s := newTab(t, b, url), newSide(t, offers, "mc_ours")
		p.eval("camera({audio: true, video: true})")
		label := "mc_ours"
		if offers {
			weOffer(s, p)
		} else {
			label = "mc_page"
			p.eval("watch(pc.createDataChannel('mc_page'))")
			offer, answer := theyOffer(s, p)
			if strings.Count(offer, "m=application") != 1 || !strings.Contains(answer, "m=application 9 ") {
				t.Errorf("the channel is answered so:\n%s", answer)
			}
		}
		p.wait("seen.includes('open " + label + "')")
		began := time.Now()
		s.conn.Close()
		<-s.conn.Done()
		if took := time.Since(began); took > soon {
			t.Errorf("closing took %v", took)
		}
		p.wait("seen.includes('closed " + label + "')")
		t.Log(p.eval("seen.join(', ')"))
	}
}

// Pages offer what they have and want in many ways.
func TestOffers(t *testing.T) {
	b, url := start(t)
	for _, c := range []struct {
		name, prepare string
		comes         int
		page          []string // kinds that the page gets
	}{
		{"sound and picture", "camera({audio: true, video: true})", 2, []string{"audio", "video"}},
		{"sound", "camera({audio: true})", 1, []string{"audio"}},
		{"nothing but to listen", "pc.addTransceiver('audio', {direction: 'recvonly'}), pc.addTransceiver('video', {direction: 'recvonly'}), 0", 0, []string{"audio", "video"}},
		{"sound and picture to us", "camera({audio: true, video: true}).then(() => pc.getTransceivers().forEach(t => t.direction = 'sendonly'))", 2, nil},
		{
			"one section each way and a channel",
			"watch(pc.createDataChannel('d')), camera({audio: true, video: true}).then(() => { pc.getTransceivers().forEach(t => t.direction = 'sendonly');" +
				" pc.addTransceiver('audio', {direction: 'recvonly'}); pc.addTransceiver('video', {direction: 'recvonly'}) })",
			2,
			[]string{"audio", "video"},
		},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			p, s := newTab(t, b, url), newSide(t, false, "")
			if _, err := p.page.Eval(p.ctx, c.prepare); err != nil {
				t.Fatal(err)
			}
			theyOffer(s, p)
			for range c.comes {
				select {
				case <-s.comes:
				case <-p.ctx.Done():
					t.Fatal("not everything comes")
				}
			}
			for _, kind := range c.page {
				p.wait("received('" + kind + "')")
			}
		})
	}
}
