package peer

import (
	"context"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"parley/call"
	"parley/media"
)

// An Opus packet of ours holds two steps: 20 ms, the length that costs least
// for its delay and that every receiver knows.
const (
	packetLength  = 2 * media.Step
	packetSamples = 2 * media.StepSamples
	maxOpusPacket = 1275 // bytes, RFC 6716 section 3.4
)

// In silence (DTX, RFC 6716 section 2.1.9) the encoder makes packets of at most
// silentPacket bytes. One of them is sent every keepalive, which keeps the
// receiver's clock and the path's bindings fresh.
const (
	silentPacket = 2
	keepalive    = 400 * time.Millisecond
)

// audioSender encodes the steps of a sound feed and sends them, while open.
type audioSender struct {
	*outbound
	config *Config
	log    *slog.Logger
	clock  soundClock
	loss   atomic.Int32 // percent, as last reported

	// What follows belongs to the goroutine of run.
	encoder  media.AudioEncoder
	pcm      [packetSamples]int16
	filled   int
	captured time.Time // of the first sample in pcm
	out      [maxOpusPacket]byte
	told     int32 // loss the encoder was told
	sent     time.Time
	silent   bool
	failed   int
}

func newAudioSender(c *Config, log *slog.Logger) *audioSender {
	return &audioSender{outbound: newOutbound(audioKind, opus, audioRate), config: c, log: log}
}

// run sends until ctx is done or the feed is closed.
func (a *audioSender) run(ctx context.Context) {
	encoder, err := a.config.NewAudioEncoder()
	if err != nil {
		a.log.Warn("no audio encoder", "err", err)
		return
	}
	a.encoder = encoder
	defer func() {
		if err := encoder.Close(); err != nil {
			a.log.Warn("closing the audio encoder", "err", err)
		}
	}()
	listener := a.config.Sources.Audio.Listen()
	defer listener.Close()
	var step media.Sound
	for listener.Next(ctx, &step) == nil {
		a.step(&step)
	}
}

// step takes 10 ms of sound and sends a packet after every other one.
func (a *audioSender) step(s *media.Sound) {
	if !a.open.Load() {
		a.filled = 0
		return
	}
	if a.filled == 0 {
		a.captured = s.Captured
	}
	a.filled += copy(a.pcm[a.filled:], s.Samples[:])
	if a.filled < packetSamples {
		return
	}
	a.filled = 0
	a.expectLoss()
	a.encode()
}

func (a *audioSender) encode() {
	n, err := a.encoder.Encode(a.pcm[:], a.out[:])
	stamp := a.clock.stamp(a.captured)
	if err != nil {
		a.failed++
		if a.failed == 1 {
			a.log.Warn("audio encoder fails", "err", err)
		}
		return
	}
	level := rms(a.pcm[:])
	a.count(func(s *call.StreamStats) { s.AudioLevel = level })
	if n <= silentPacket && a.captured.Sub(a.sent) < keepalive {
		a.silent = true
		return
	}
	talk := a.silent && n > silentPacket // the marker begins a talkspurt, RFC 3551 section 4.1
	a.silent = n <= silentPacket
	a.sent = a.captured
	a.packet(stamp, a.captured, talk, a.out[:n])
}

func (a *audioSender) expectLoss() {
	loss := a.loss.Load()
	if loss == a.told {
		return
	}
	a.told = loss
	if err := a.encoder.Adapt(media.AudioSettings{Loss: int(loss)}); err != nil {
		a.log.Warn("audio encoder refuses a loss", "percent", loss, "err", err)
	}
}

// lossReported takes the fraction lost of a receiver report. A rise counts at
// once, a fall slowly, because losses come in groups.
func (a *audioSender) lossReported(fraction float64) {
	percent := int32(math.Round(100 * fraction))
	if old := a.loss.Load(); percent < old {
		percent = (3*old + percent) / 4
	}
	a.loss.Store(percent)
}

// rms returns the level of sound, 0 to 1.
func rms(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum/float64(len(pcm))) / 32768
}
