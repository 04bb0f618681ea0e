package peer

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"parley/call"
	"parley/media"
)

// maxOpusPacket is the longest packet, in bytes (RFC 6716 section 3.4).
const maxOpusPacket = 1275

// maxPacketSteps is how many steps the longest packet of ours holds: 60 ms.
const maxPacketSteps = 6

// sharedHold is how long sound counts as shared after its last step of two
// channels: a program that pauses must not change encoders with every pause.
const sharedHold = time.Second

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

	taps *taps

	policyMu sync.Mutex
	policy   *soundPolicy

	// What follows belongs to the goroutine of run.
	encoder   media.AudioEncoder
	plan      soundPlan
	nearness  nearness
	pcm       [2 * maxPacketSteps * media.StepSamples]int16
	steps     int
	captured  time.Time // of the first sample in pcm
	shared    time.Time // of the last step of two channels
	out       [maxOpusPacket]byte
	sent      time.Time
	silent    bool
	failed    int
	unadapted bool // the encoder refuses settings
}

func newAudioSender(c *Config, log *slog.Logger) *audioSender {
	return &audioSender{
		outbound: newOutbound(audioKind, []string{opus}, audioRate), config: c, log: log, policy: newSoundPolicy(),
	}
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

// step takes 10 ms of sound and sends a packet when one is full.
func (a *audioSender) step(s *media.Sound) {
	if !a.open.Load() {
		a.steps = 0
		return
	}
	if a.steps > 0 && a.gap(s.Captured) {
		a.finish()
	}
	if a.steps == 0 {
		a.begin(s)
	}
	a.take(s)
	if a.steps == int(a.plan.length/media.Step) {
		a.encode()
	}
}

// gap reports whether sound is missing before what was captured at a moment: the
// device was exchanged, or this program came too late.
func (a *audioSender) gap(captured time.Time) bool {
	due := a.captured.Add(time.Duration(a.steps) * media.Step)
	return captured.Sub(due) > soundGap
}

// finish sends what is there before a gap, filled up with silence.
func (a *audioSender) finish() {
	var nothing media.Sound
	for a.steps < int(a.plan.length/media.Step) {
		a.take(&nothing)
	}
	a.encode()
}

// begin decides how the next packet is made.
func (a *audioSender) begin(s *media.Sound) {
	a.captured = s.Captured
	if s.Stereo {
		a.shared = s.Captured
	}
	shared := !a.shared.IsZero() && s.Captured.Sub(a.shared) < sharedHold
	a.policyMu.Lock()
	a.plan = a.policy.plan(shared, s.Captured)
	a.policyMu.Unlock()
	a.plan.settings.Near = a.nearness.next(a.plan.near, rms(s.Samples[:]), a.plan.length)
	a.adapt()
}

func (a *audioSender) adapt() {
	err := a.encoder.Adapt(a.plan.settings)
	if err != nil && !a.unadapted {
		a.unadapted = true
		a.log.Warn("audio encoder refuses settings", "settings", a.plan.settings, "err", err)
	}
}

// take appends a step to the packet.
func (a *audioSender) take(s *media.Sound) {
	at := a.steps * media.StepSamples
	a.steps++
	if !a.plan.settings.Stereo {
		copy(a.pcm[at:], s.Samples[:])
		return
	}
	out := a.pcm[2*at : 2*(at+media.StepSamples)]
	for i, middle := range s.Samples {
		side := int32(s.Side[i])
		out[2*i], out[2*i+1] = clipped(int32(middle)+side), clipped(int32(middle)-side)
	}
}

func clipped(v int32) int16 { return int16(min(max(v, math.MinInt16), math.MaxInt16)) }

// packed is the sound of the packet.
func (a *audioSender) packed() []int16 {
	n := a.steps * media.StepSamples
	if a.plan.settings.Stereo {
		n *= 2
	}
	return a.pcm[:n]
}

func (a *audioSender) encode() {
	pcm, length := a.packed(), time.Duration(a.steps)*media.Step
	stamp := a.clock.stamp(a.captured, a.steps*media.StepSamples)
	a.steps = 0
	if a.skips(pcm) {
		a.note(pcm, length, 0, false)
		return
	}
	began := time.Now()
	n, err := a.encoder.Encode(pcm, a.out[:])
	if err != nil {
		a.failed++
		if a.failed == 1 {
			a.log.Warn("audio encoder fails", "err", err)
		}
		return
	}
	a.note(pcm, length, time.Since(began), n > silentPacket)
	if n <= silentPacket && a.captured.Sub(a.sent) < keepalive {
		a.silent = true
		return
	}
	talk := a.silent && n > silentPacket // the marker begins a talkspurt, RFC 3551 section 4.1
	a.silent = n <= silentPacket
	a.sent = a.captured
	a.packet(stamp, a.captured, talk, a.out[:n])
	a.tapped(a.out[:n], stamp)
}

// skips reports whether a packet need not even be encoded: nothing at all, as of a
// microphone that is muted or off, in a silence that the other end knows of. Opus would
// take as long over it as over speech. Every keepalive it is asked, as before.
func (a *audioSender) skips(pcm []int16) bool {
	return a.silent && !a.plan.settings.Continuous && a.captured.Sub(a.sent) < keepalive &&
		!slices.ContainsFunc(pcm, func(v int16) bool { return v != 0 })
}

// note takes what a packet was like into the statistics, and, of one that was not
// silent, what it cost into the policy.
func (a *audioSender) note(pcm []int16, length, took time.Duration, sounding bool) {
	level, settings := rms(pcm), a.plan.settings
	a.count(func(s *call.StreamStats) {
		s.AudioLevel = level
		s.TargetBitrate, s.PacketLength = float64(settings.Bitrate), length.Seconds()
		s.Loss = float64(settings.Loss) / 100
	})
	if !sounding {
		return
	}
	a.policyMu.Lock()
	defer a.policyMu.Unlock()
	a.policy.effort.encoded(took, length)
}

// change tells the policy something.
func (a *audioSender) change(tell func(*soundPolicy)) {
	a.policyMu.Lock()
	defer a.policyMu.Unlock()
	tell(a.policy)
}

// wire is what the sound takes of the path, in bit/s.
func (a *audioSender) wire() float64 {
	a.policyMu.Lock()
	defer a.policyMu.Unlock()
	return a.policy.wire()
}

// rms returns the level of sound, 0 to 1.
func rms(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum/float64(len(pcm))) / 32768
}
