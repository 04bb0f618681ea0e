//go:build e2e

package soundbench

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/media/codec"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// receiver is Chromium, playing what it is sent into a sound server.
type receiver struct {
	server *lab.SoundServer
	page   browser.Page
}

// receiverPage answers an offer of sound, plays it, and tells the statistics of
// its stream.
const receiverPage = `<!doctype html><title>receiver</title><script>
let pc;
async function answer(offer) {
	if (!window.microphone) window.microphone = await navigator.mediaDevices.getUserMedia({audio: true}); // gives addresses to candidates
	pc = new RTCPeerConnection();
	pc.ontrack = e => { const a = new Audio(); a.srcObject = new MediaStream([e.track]); a.play(); window.playing = a; };
	await pc.setRemoteDescription({type: 'offer', sdp: offer});
	await pc.setLocalDescription();
	await new Promise(done => {
		if (pc.iceGatheringState === 'complete') done();
		pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') done(); };
	});
	return pc.localDescription.sdp;
}
async function stats() {
	for (const s of (await pc.getStats()).values()) if (s.type === 'inbound-rtp') return s;
	return null;
}
function end() { pc.close(); playing.srcObject = null; return true; }
</script>`

func newReceiver(b *testing.B, server *lab.SoundServer) *receiver {
	b.Helper()
	page, _ := openPage(b, browser.Options{Env: server.Env(), Audible: true}, receiverPage)
	return &receiver{server, page}
}

// openPage starts Chromium and opens a page, until the benchmark ends. It returns
// the process that all others of this Chromium descend from, too.
func openPage(b *testing.B, o browser.Options, html string) (page browser.Page, pid int) {
	b.Helper()
	chromium, err := browser.Chromium(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = chromium.Close() })
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(html))
	}))
	b.Cleanup(web.Close)
	if page, err = chromium.NewPage(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := page.Open(b.Context(), web.URL); err != nil {
		b.Fatal(err)
	}
	return page, chromium.PID()
}

// inbound is what Chromium says of the stream, by the names of W3C webrtc-stats.
type inbound struct {
	ConcealedSamples         float64 `json:"concealedSamples"`
	TotalSamplesReceived     float64 `json:"totalSamplesReceived"`
	JitterBufferDelay        float64 `json:"jitterBufferDelay"`
	JitterBufferEmittedCount float64 `json:"jitterBufferEmittedCount"`
}

func (r *receiver) stats(ctx context.Context, b *testing.B) inbound {
	b.Helper()
	s, err := browser.Get[inbound](ctx, r.page, "stats()")
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// hear sends a trace to Chromium, and returns how it did and when each packet
// really left.
func (r *receiver) hear(b *testing.B, packets [][]byte, trace []delivery, spoken []int16) (outcome, []delivery) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 2*traceLength)
	defer cancel()
	track := r.connect(ctx, b)
	heard := r.record(b)
	early := make(chan inbound, 1)
	sent := send(b, track, packets, trace, func() { go func() { early <- r.stats(ctx, b) }() })
	late, first := r.stats(ctx, b), <-early
	lab.Pass(ctx, time.Second) // what the buffer still holds is heard
	if _, err := r.page.Eval(ctx, "end()"); err != nil {
		b.Fatal(err)
	}
	return outcome{
		Concealed: 100 * (late.ConcealedSamples - first.ConcealedSamples) / (late.TotalSamplesReceived - first.TotalSamplesReceived),
		Delay:     1000 * (late.JitterBufferDelay - first.JitterBufferDelay) / (late.JitterBufferEmittedCount - first.JitterBufferEmittedCount),
		Score:     score(b, spoken, heard()),
	}, sent
}

// send sends each packet when it is due and returns when it really went. When
// the lead is over, measure is called.
func send(b *testing.B, track *webrtc.TrackLocalStaticRTP, packets [][]byte, trace []delivery, measure func()) []delivery {
	b.Helper()
	start, led := time.Now(), false
	sent := make([]delivery, 0, len(trace))
	for _, d := range trace {
		lab.Pass(b.Context(), time.Until(start.Add(d.at)))
		at := time.Since(start)
		if !led && at >= lead {
			led = true
			measure()
		}
		packet := &rtp.Packet{
			Header:  rtp.Header{Version: 2, SequenceNumber: uint16(d.packet), Timestamp: uint32(d.packet * codec.PacketSamples)},
			Payload: packets[d.packet],
		}
		if err := track.WriteRTP(packet); err != nil {
			b.Fatal(err)
		}
		sent = append(sent, delivery{d.packet, at})
	}
	return sent
}

// connect makes a connection that sends one track of Opus to the page.
func (r *receiver) connect(ctx context.Context, b *testing.B) *webrtc.TrackLocalStaticRTP {
	b.Helper()
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	var engine webrtc.MediaEngine
	if err := engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio); err != nil {
		b.Fatal(err)
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithSettingEngine(settings))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pc.Close() })
	track, err := webrtc.NewTrackLocalStaticRTP(opus, "sound", "bench")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := pc.AddTrack(track); err != nil {
		b.Fatal(err)
	}
	connected := make(chan struct{})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			close(connected)
		}
	})
	r.negotiate(ctx, b, pc)
	select {
	case <-connected:
	case <-ctx.Done():
		b.Fatal("Chromium does not connect")
	}
	return track
}

func (r *receiver) negotiate(ctx context.Context, b *testing.B, pc *webrtc.PeerConnection) {
	b.Helper()
	gathered := webrtc.GatheringCompletePromise(pc)
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		b.Fatal(err)
	}
	<-gathered
	text, err := json.Marshal(pc.LocalDescription().SDP)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := browser.Get[string](ctx, r.page, "answer("+string(text)+")")
	if err != nil {
		b.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		b.Fatal(err)
	}
}

// record begins to record what is played; the returned function ends it.
func (r *receiver) record(b *testing.B) (heard func() []int16) {
	b.Helper()
	cmd := r.server.Command("parec", "--device=speaker.monitor", "--raw", "--format=s16le", "--channels=1", "--rate=48000", "--latency-msec=20")
	var raw bytes.Buffer
	cmd.Stdout = &raw
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return func() []int16 {
		end(b, cmd)
		samples := make([]int16, raw.Len()/2)
		if err := binary.Read(&raw, binary.LittleEndian, samples); err != nil {
			b.Fatal(err)
		}
		return samples
	}
}

// end asks a program to end and waits until it has.
func end(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	_ = cmd.Wait() // it was ended by a signal
}
