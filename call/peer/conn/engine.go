package conn

import (
	"fmt"
	"strings"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Where the Media does not ask for missing packets itself, they are asked for every
// nackInterval, at most nackRepeats times: enough for a path of 250 ms, without
// flooding a worse one.
const (
	nackInterval = 50 * time.Millisecond
	nackRepeats  = 5
)

// videoFormats are the video codecs that can be negotiated, with the payload
// types that browsers use for them, each followed by its retransmissions.
func videoFormats() []webrtc.RTPCodecParameters {
	format := func(mime, line string, payload webrtc.PayloadType) webrtc.RTPCodecParameters {
		return webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: mime, ClockRate: 90000, SDPFmtpLine: line,
				RTCPFeedback: []webrtc.RTCPFeedback{
					{Type: webrtc.TypeRTCPFBGoogREMB},
					{Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
					{Type: webrtc.TypeRTCPFBNACK},
					{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
				},
			},
			PayloadType: payload,
		}
	}
	return []webrtc.RTPCodecParameters{
		format(webrtc.MimeTypeVP8, "", 96),
		format(webrtc.MimeTypeVP9, "profile-id=0", 98),
		format(webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 106),
		format(webrtc.MimeTypeAV1, "level-idx=5;profile=0;tier=0", 45),
	}
}

func newEngine(video []string) (*webrtc.MediaEngine, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: opusFormat,
		},
		PayloadType: 111,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("conn: registering Opus: %w", err)
	}
	if video == nil {
		video = []string{webrtc.MimeTypeVP8}
	}
	for _, mime := range video {
		if err := registerVideo(engine, mime); err != nil {
			return nil, err
		}
	}
	return engine, nil
}

func registerVideo(engine *webrtc.MediaEngine, mime string) error {
	for _, f := range videoFormats() {
		if !strings.EqualFold(f.MimeType, mime) {
			continue
		}
		rtx := webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: fmt.Sprintf("apt=%d", f.PayloadType),
			},
			PayloadType: f.PayloadType + 1,
		}
		for _, c := range []webrtc.RTPCodecParameters{f, rtx} {
			if err := engine.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
				return fmt.Errorf("conn: registering %s: %w", mime, err)
			}
		}
		return nil
	}
	return fmt.Errorf("conn: there is no way to carry %q", mime)
}

// addInterceptors adds retransmission, RTCP reports and transport-wide feedback
// in both directions, so that whoever sends can estimate the path.
func addInterceptors(engine *webrtc.MediaEngine, registry *interceptor.Registry, o Options, log logging.LoggerFactory) error {
	for _, uri := range []string{sdp.SDESMidURI, sdp.TransportCCURI} {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				return err
			}
		}
	}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		engine.RegisterFeedback(webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}, kind) // a teller gives it
	}
	if err := addRepair(registry, o.OwnRequests, log); err != nil {
		return err
	}
	if err := addReports(registry, o.OwnReports, log); err != nil {
		return err
	}
	if o.Paced {
		return nil // the Flow numbers packets
	}
	return webrtc.ConfigureTWCCHeaderExtensionSender(engine, registry)
}

// addRepair adds what answers requests for retransmission, and pion's way to make
// them, which knows nothing of the round trip. That video takes part in both is
// said by videoFormats.
func addRepair(registry *interceptor.Registry, own bool, log logging.LoggerFactory) error {
	registry.Add(fresh(func() interceptor.Interceptor { return newKeeper(log) }))
	if own {
		return nil
	}
	generator, err := nack.NewGeneratorInterceptor(
		nack.GeneratorInterval(nackInterval), nack.GeneratorMaxNacksPerPacket(nackRepeats),
		nack.WithGeneratorLoggerFactory(log),
	)
	if err != nil {
		return err
	}
	registry.Add(generator)
	return nil
}

// addReports adds receiver reports, and pion's sender reports, which stand for
// the moment at which a packet is written.
func addReports(registry *interceptor.Registry, own bool, log logging.LoggerFactory) error {
	registry.Add(fresh(func() interceptor.Interceptor { return newReporter() }))
	if own {
		return nil
	}
	sender, err := report.NewSenderInterceptor(report.WithSenderLoggerFactory(log))
	if err != nil {
		return err
	}
	registry.Add(sender)
	return nil
}
