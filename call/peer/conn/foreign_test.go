package conn_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
)

const (
	audio    = webrtc.RTPCodecTypeAudio
	video    = webrtc.RTPCodecTypeVideo
	sendrecv = webrtc.RTPTransceiverDirectionSendrecv
	sendonly = webrtc.RTPTransceiverDirectionSendonly
	recvonly = webrtc.RTPTransceiverDirectionRecvonly
)

// studio is a Media that sends and takes sound and picture.
type studio struct {
	conn  *conn.Conn
	takes chan string                          // kinds of remote tracks
	wants map[webrtc.RTPCodecType]*atomic.Bool // whether the remote does
}

func newStudio() *studio {
	return &studio{
		takes: make(chan string, 20),
		wants: map[webrtc.RTPCodecType]*atomic.Bool{audio: {}, video: {}},
	}
}

func (s *studio) Attach() error {
	for kind, mime := range map[webrtc.RTPCodecType]string{audio: webrtc.MimeTypeOpus, video: webrtc.MimeTypeVP8} {
		track := conn.NewTrack(kind, mime)
		if _, err := s.conn.PeerConnection().AddTransceiverFromTrack(track); err != nil {
			return err
		}
		s.conn.Go(func(ctx context.Context) {
			pump(ctx, func(h *rtp.Header, payload []byte) bool { return s.wants[kind].Load() && track.Write(h, payload) })
		})
	}
	return nil
}

func (s *studio) Offered(*sdp.SessionDescription) error {
	return conn.RefuseExtra(s.conn.PeerConnection())
}

func (s *studio) Agreed(remote *sdp.SessionDescription) {
	for kind, wants := range s.wants {
		wants.Store(conn.Takes(remote, kind))
	}
}

func (s *studio) Level(bool) {}

func (s *studio) Track(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { s.takes <- t.Kind().String() }

// pump writes a packet now and then until ctx is done.
func pump(ctx context.Context, write func(*rtp.Header, []byte) bool) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for n := uint16(1); ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			write(&rtp.Header{SequenceNumber: n, Timestamp: uint32(n) * 960, Marker: true}, []byte{0x10, 0, 0, 0})
		}
	}
}

// sends adds a section by which the page sends, and may receive.
func (p *page) sends(kind webrtc.RTPCodecType, d webrtc.RTPTransceiverDirection) {
	p.t.Helper()
	mime := map[webrtc.RTPCodecType]string{audio: webrtc.MimeTypeOpus, video: webrtc.MimeTypeVP8}[kind]
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, kind.String(), "page")
	p.must(err)
	_, err = p.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: d})
	p.must(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		pump(ctx, func(h *rtp.Header, payload []byte) bool {
			h.Version = 2
			return track.WriteRTP(&rtp.Packet{Header: *h, Payload: payload}) == nil
		})
	}()
	p.t.Cleanup(func() {
		stop()
		<-done
	})
}

// hears collects the kinds of the tracks that come to the page.
func (p *page) hears() chan string {
	kinds := make(chan string, 20)
	p.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { kinds <- t.Kind().String() })
	return kinds
}

// come waits for tracks of these kinds, in any order.
func come(t *testing.T, who string, kinds chan string, want ...string) {
	t.Helper()
	var got []string
	for range want {
		select {
		case k := <-kinds:
			got = append(got, k)
		case <-time.After(20 * time.Second):
			t.Fatalf("%s gets %v, want %v", who, got, want)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%s gets %v, want %v", who, got, want)
	}
}

// strip takes away the lines that begin so.
func strip(prefixes ...string) func(string) string {
	return func(text string) string {
		for _, p := range prefixes {
			text = regexp.MustCompile(`(?m)^`+p+`.*\r?\n`).ReplaceAllString(text, "")
		}
		return text
	}
}

// insert puts a section before the n-th.
func insert(n int, section string) func(string) string {
	return func(text string) string {
		parts := regexp.MustCompile(`(?m)^m=`).FindAllStringIndex(text, -1)
		at := len(text)
		if n < len(parts) {
			at = parts[n][0]
		}
		return text[:at] + section + text[at:]
	}
}

const both, none = "audio video", ""

// TestForeignOffers answers what pages offer that are not like ours.
func TestForeignOffers(t *testing.T) {
	for _, c := range []struct {
		name      string
		page      func(p *page)
		spoil     func(string) string
		ours      string // kinds that we get
		theirs    string // kinds that the page gets
		unchecked bool   // the page's own pion would not take the answer
	}{
		{name: "plain", ours: both, theirs: both},
		{name: "recvonly", page: func(p *page) { p.transceiver(audio, recvonly); p.transceiver(video, recvonly) }, theirs: both},
		{name: "sendonly", page: func(p *page) { p.sends(audio, sendonly); p.sends(video, sendonly) }, ours: both},
		{name: "one section each way", page: func(p *page) {
			p.sends(audio, sendonly)
			p.transceiver(audio, recvonly)
			p.sends(video, sendonly)
			p.transceiver(video, recvonly)
		}, ours: both, theirs: both},
		{name: "sound both ways, picture to us", page: func(p *page) { p.sends(audio, sendrecv); p.sends(video, sendonly) }, ours: both, theirs: "audio"},
		{name: "sound only", page: func(p *page) { p.sends(audio, sendrecv) }, ours: "audio", theirs: "audio"},
		{name: "a channel and more pictures", page: func(p *page) {
			p.channel("data")
			p.sends(video, sendrecv)
			p.sends(audio, sendrecv)
			p.sends(video, sendonly)
			p.transceiver(video, recvonly)
		}, ours: both, theirs: both},
		{name: "no mids, no bundle", spoil: strip("a=mid:", "a=group:"), ours: both, theirs: both},
		{name: "no bundle", spoil: strip("a=group:"), ours: both, theirs: both},
		{name: "no directions", spoil: strip("a=sendrecv"), ours: both, theirs: both},
		{name: "one direction for all", spoil: func(s string) string {
			return insert(0, "a=sendrecv\r\n")(strip("a=sendrecv")(s))
		}, ours: both, theirs: both},
		{name: "bare newlines", spoil: func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }, ours: both, theirs: both},
		{name: "a refused section", spoil: insert(0, "m=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:gone\r\na=sendrecv\r\na=rtpmap:96 VP8/90000\r\n"), ours: both, theirs: both, unchecked: true},
		{name: "text", spoil: insert(1, "m=text 9 UDP/TLS/RTP/SAVPF 98\r\nc=IN IP4 0.0.0.0\r\na=mid:t\r\na=sendrecv\r\na=rtpmap:98 t140/1000\r\n"), ours: both, theirs: both},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			s, p := newStudio(), newPage(t)
			heard := p.hears()
			c2, events := openMedia(newAPI(t, conn.Options{}), call.Callee, func(c *conn.Conn) conn.Media {
				s.conn = c
				return s
			})
			defer finish(t, c2, events)
			if c.page == nil {
				c.page = func(p *page) { p.sends(audio, sendrecv); p.sends(video, sendrecv) }
			}
			c.page(p)
			offer := p.offer()
			if c.spoil != nil {
				offer.SDP = c.spoil(offer.SDP)
			}
			c2.SetRemote(offer)
			answer := until[call.LocalDescription](t, events).Description.SDP
			sameSections(t, offer.SDP, answer)
			if c.unchecked {
				return
			}
			p.accept(answer)
			until[call.PeerUp](t, events)
			come(t, "we", s.takes, strings.Fields(c.ours)...)
			come(t, "the page", heard, strings.Fields(c.theirs)...)
		})
	}
}

// sameSections checks that an answer has the sections of its offer (RFC 3264
// section 6), in order.
func sameSections(t *testing.T, offer, answer string) {
	t.Helper()
	names := func(text string) (kinds []string) {
		for _, m := range regexp.MustCompile(`(?m)^m=(\w+)`).FindAllStringSubmatch(text, -1) {
			kinds = append(kinds, m[1])
		}
		return kinds
	}
	if a, b := names(offer), names(answer); !slices.Equal(a, b) {
		t.Errorf("the offer has %v, the answer %v", a, b)
	}
}

// TestForeignAnswers takes answers that are not like ours.
func TestForeignAnswers(t *testing.T) {
	for _, c := range []struct {
		name         string
		page         func(p *page)
		spoil        func(string) string
		goodbye      string
		ours, theirs string
	}{
		{name: "plain", ours: both, theirs: both},
		{name: "no mids, no bundle", spoil: strip("a=mid:", "a=group:"), ours: both, theirs: both},
		{name: "no bundle", spoil: strip("a=group:"), ours: both, theirs: both},
		{name: "sound only", spoil: refuse("video"), ours: "audio", theirs: "audio"},
		{name: "picture left out", spoil: cut("video"), ours: "audio", theirs: "audio"},
		{name: "a channel that is refused", goodbye: "x", spoil: refuse("application"), ours: both, theirs: both},
		{name: "a channel that is left out", goodbye: "x", spoil: cut("application"), ours: both, theirs: both},
		{name: "only listening", page: func(p *page) { p.transceiver(audio, recvonly); p.transceiver(video, recvonly) }, theirs: both},
		{name: "no directions", spoil: strip("a=sendrecv"), ours: both, theirs: both},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			s, p := newStudio(), newPage(t)
			heard := p.hears()
			c2, events := openMedia(newAPI(t, habit(c.goodbye)), call.Caller, func(c *conn.Conn) conn.Media {
				s.conn = c
				return s
			})
			defer finish(t, c2, events)
			if c.page == nil {
				c.page = func(p *page) { p.sends(audio, sendrecv); p.sends(video, sendrecv) }
			}
			c.page(p)
			answer := p.answer(until[call.LocalDescription](t, events).Description.SDP)
			if c.spoil != nil {
				answer.SDP = c.spoil(answer.SDP)
			}
			c2.SetRemote(answer)
			until[call.PeerUp](t, events)
			come(t, "we", s.takes, strings.Fields(c.ours)...)
			come(t, "the page", heard, strings.Fields(c.theirs)...)
			// A second round must still be possible.
			c2.Restart(1)
			again := p.answer(until[call.LocalDescription](t, events).Description.SDP)
			if c.spoil != nil {
				again.SDP = c.spoil(again.SDP)
			}
			again.Round = 1
			c2.SetRemote(again)
			until[call.PeerUp](t, events)
		})
	}
}

// refuse gives the section of a kind port 0.
func refuse(kind string) func(string) string {
	return func(text string) string {
		text = regexp.MustCompile(`m=`+kind+` \d+`).ReplaceAllString(text, "m="+kind+" 0")
		return unbundle(kind, text)
	}
}

// cut leaves the section of a kind out.
func cut(kind string) func(string) string {
	return func(text string) string {
		text = unbundle(kind, text)
		return regexp.MustCompile(`(?s)m=`+kind+` .*?(m=|$)`).ReplaceAllString(text, "$1")
	}
}

// unbundle takes the section of a kind out of the BUNDLE group.
func unbundle(kind, text string) string {
	mid := regexp.MustCompile(`(?s)m=` + kind + ` .*?a=mid:(\w+)`).FindStringSubmatch(text)
	if mid == nil {
		return text
	}
	return regexp.MustCompile(`(a=group:BUNDLE.*) `+mid[1]).ReplaceAllString(text, "$1")
}

// TestForeignCandidates takes candidates in the forms that servers and pages
// give them.
func TestForeignCandidates(t *testing.T) {
	index := uint16(0)
	for name, form := range map[string]func(text string) []signaling.Candidate{
		"index only": func(s string) []signaling.Candidate {
			return []signaling.Candidate{{Candidate: s, SDPMLineIndex: &index}}
		},
		"text only": func(s string) []signaling.Candidate { return []signaling.Candidate{{Candidate: s}} },
		"line":      func(s string) []signaling.Candidate { return []signaling.Candidate{{Candidate: "a=" + s + "\r\n"}} },
		"without its prefix": func(s string) []signaling.Candidate {
			return []signaling.Candidate{{Candidate: strings.TrimPrefix(s, "candidate:")}}
		},
		"ends everywhere": func(s string) []signaling.Candidate {
			end := signaling.Candidate{}
			line := signaling.Candidate{Candidate: "a=end-of-candidates", SDPMLineIndex: &index}
			return []signaling.Candidate{end, line, {Candidate: "end-of-candidates"}, {Candidate: s}, end, line}
		},
		"hidden names": func(s string) []signaling.Candidate {
			hidden := regexp.MustCompile(`udp (\d+) \S+ `).ReplaceAllString(s, "udp $1 0b6c5f0e-8a3c-4a59-9d3a-0c1d2e3f4a5b.local ")
			return []signaling.Candidate{{Candidate: hidden, SDPMLineIndex: &index}, {Candidate: s}}
		},
	} {
		for _, early := range []bool{true, false} {
			t.Run(strings.ReplaceAll(fmt.Sprint(name, " early ", early), " ", "-"), func(t *testing.T) {
				c, events := open(newAPI(t, conn.Options{}), call.Callee, &nothing{})
				defer finish(t, c, events)
				p := newPage(t)
				p.sends(audio, sendrecv)
				offer := p.offer()
				found := regexp.MustCompile(`a=(candidate:[^\r\n]*)`).FindAllStringSubmatch(offer.SDP, -1)
				offer.SDP = strip("a=candidate:", "a=end-of-candidates")(offer.SDP)
				if !early {
					c.SetRemote(offer)
				}
				for _, f := range found {
					for _, candidate := range form(f[1]) {
						c.AddCandidate(candidate)
					}
				}
				if early {
					c.SetRemote(offer)
				}
				answer := until[call.LocalDescription](t, events).Description.SDP
				p.accept(strip("a=candidate:", "a=end-of-candidates")(answer)) // so that only we can find the path
				until[call.PeerUp](t, events)
			})
		}
	}
}
