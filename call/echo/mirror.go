package echo

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call/peer/conn"
	"parley/media"
)

// idle is how often a reader looks whether its call is over.
const idle = time.Second

// keyPause is the shortest time between two requests for a key frame that are
// passed on.
const keyPause = 100 * time.Millisecond

// mirror is the media of one call: what comes goes back. Its fields belong to
// the connection's queue, but for source.
type mirror struct {
	conn   *conn.Conn
	kind   media.Kind
	log    *slog.Logger
	pc     *webrtc.PeerConnection
	tracks map[webrtc.RTPCodecType]*conn.Track
	source atomic.Uint32 // SSRC of the caller's picture, 0 before it comes
}

// pictures are the video codecs that are returned: every one that the caller may
// have, because nothing is decoded.
func pictures() []string {
	return []string{webrtc.MimeTypeVP8, webrtc.MimeTypeVP9, webrtc.MimeTypeH264, webrtc.MimeTypeAV1}
}

// Attach implements conn.Media.
func (m *mirror) Attach() error {
	m.pc = m.conn.PeerConnection()
	m.tracks = map[webrtc.RTPCodecType]*conn.Track{
		webrtc.RTPCodecTypeAudio: conn.NewTrack(webrtc.RTPCodecTypeAudio, webrtc.MimeTypeOpus),
	}
	if m.kind == media.Video {
		m.tracks[webrtc.RTPCodecTypeVideo] = conn.NewTrack(webrtc.RTPCodecTypeVideo, pictures()...)
	}
	for kind, track := range m.tracks {
		t, err := m.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{
			Direction: webrtc.RTPTransceiverDirectionSendrecv,
		})
		if err != nil {
			return fmt.Errorf("echo: adding %s: %w", kind, err)
		}
		sender := t.Sender()
		m.conn.Go(func(ctx context.Context) { m.feedback(ctx, sender) })
	}
	return nil
}

// Offered implements conn.Media: what cannot be returned is refused.
func (m *mirror) Offered(*sdp.SessionDescription) error { return conn.RefuseExtra(m.pc) }

// Agreed implements conn.Media.
func (m *mirror) Agreed(*sdp.SessionDescription) {}

// Level implements conn.Media. Nothing is kept that could be sent late.
func (m *mirror) Level(bool) {}

// Track implements conn.Media.
func (m *mirror) Track(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	track := m.tracks[t.Kind()]
	if track == nil {
		m.log.Info("remote track ignored", "kind", t.Kind().String(), "codec", t.Codec().MimeType)
		return
	}
	if t.Kind() == webrtc.RTPCodecTypeVideo {
		m.source.Store(uint32(t.SSRC()))
	}
	m.conn.Go(func(ctx context.Context) { conn.ReadRTCP(ctx, r, func(rtcp.Packet) {}) })
	m.conn.Go(func(ctx context.Context) {
		conn.ReadRTP(ctx, t, func() time.Duration { return idle }, func(p *rtp.Packet, _ bool) {
			if agreed, ok := track.Codec(); ok && strings.EqualFold(t.Codec().MimeType, agreed.MimeType) {
				reflect(track, p)
			}
		}, func() {})
	})
}

// reflect returns a packet with its own numbers, so that what is lost on the way
// here is seen to be lost on the way back too. Header extensions are of one
// connection and stay behind.
func reflect(track *conn.Track, p *rtp.Packet) {
	track.Write(&rtp.Header{
		Marker: p.Marker, SequenceNumber: p.SequenceNumber, Timestamp: p.Timestamp,
	}, p.Payload)
}

// feedback passes the caller's requests for a key frame back to the caller,
// whose encoder makes the picture that it sees.
func (m *mirror) feedback(ctx context.Context, sender *webrtc.RTPSender) {
	var last time.Time
	conn.ReadRTCP(ctx, sender, func(p rtcp.Packet) {
		switch p.(type) {
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
		default:
			return
		}
		source, now := m.source.Load(), time.Now()
		if source == 0 || now.Sub(last) < keyPause {
			return
		}
		last = now
		if err := m.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: source}}); err != nil {
			m.log.Debug("asking for a key frame", "err", err)
		}
	})
}
