//go:build e2e

package soundbench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/media"
	"parley/media/codec"
	"parley/media/playout"
)

// phase is how long after a packet's arrival the next step is played, where the
// network is clean.
const phase = 4300 * time.Microsecond

// virtualNetworks are the networks that Chromium is compared on, and more.
func virtualNetworks() []network {
	return append(networks(),
		network{"jitter 10 ms, gaussian", 0, gaussian(10 * time.Millisecond)},
		network{"jitter 50 ms, gaussian", 0, gaussian(50 * time.Millisecond)},
		network{"jitter 50 ms and loss 5 %", 5, func(r *rand.Rand, packet int) time.Duration {
			if r.Float64() < 0.05 {
				return lost
			}
			return uniform(50*time.Millisecond)(r, packet)
		}},
		network{"a spike of 80 ms every 5 s", 0, func(_ *rand.Rand, packet int) time.Duration {
			return max(80*time.Millisecond-time.Duration(packet)*frame%(5*time.Second), 0)
		}},
		network{"loss 10 %, without FEC", 0, independent(0.10)})
}

func gaussian(deviation time.Duration) func(*rand.Rand, int) time.Duration {
	return func(r *rand.Rand, _ int) time.Duration {
		return time.Duration(math.Abs(r.NormFloat64()) * float64(deviation))
	}
}

// recorded is a trace of packets of the given length sent over n.
func (n network) recorded(b *testing.B, spoken []int16, length time.Duration) []playout.Delivery {
	b.Helper()
	encoder, err := codec.NewOpusEncoder(32_000)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = encoder.Close() }()
	if err := encoder.Adapt(media.AudioSettings{Bitrate: 32_000, Loss: n.loss}); err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 2))
	samples := int(length * media.SampleRate / time.Second)
	var out []playout.Delivery
	for i := 0; (i+1)*samples <= len(spoken); i++ {
		packet := make([]byte, codec.MaxOpusPacket)
		size, err := encoder.Encode(spoken[i*samples:(i+1)*samples], packet)
		if err != nil {
			b.Fatal(err)
		}
		at, delay := time.Duration(i)*length, time.Duration(0)
		if at >= lead {
			delay = n.delay(r, int(at/frame))
		}
		if delay != lost {
			out = append(out, playout.Delivery{At: at + delay + media.Step - phase, Sequence: uint16(i), Timestamp: uint32(i * samples), Payload: packet[:size]})
		}
	}
	slices.SortStableFunc(out, func(a, b playout.Delivery) int { return int(a.At - b.At) })
	return out
}

// virtual is how our buffer does on a trace.
type virtual struct {
	outcome
	playhead time.Duration // average delay of the playhead behind the fastest packet
	slowest  time.Duration // the greatest
}

// replayed plays a trace in virtual time.
func replayed(b *testing.B, trace []playout.Delivery, spoken []int16) virtual {
	b.Helper()
	decoder, err := codec.NewOpusDecoder(1)
	if err != nil {
		b.Fatal(err)
	}
	var heard []int16
	var early, late playout.Stats
	var v virtual
	err = playout.Replay(decoder, 1, trace, traceLength+time.Second, func(at time.Duration, buffer *playout.Buffer, step *media.Sound) {
		heard = append(heard, step.Samples[:]...)
		if at < lead || at >= traceLength {
			return
		}
		late = buffer.Stats()
		if at == lead {
			early = late
		}
		v.playhead += late.Delay / ((traceLength - lead) / media.Step)
		v.slowest = max(v.slowest, late.Delay)
	})
	if err != nil {
		b.Fatal(err)
	}
	v.Concealed = 100 * float64(late.ConcealedSamples-early.ConcealedSamples) / float64(late.TotalSamplesReceived-early.TotalSamplesReceived)
	v.Delay = 1000 * (late.JitterBufferDelay - early.JitterBufferDelay) / float64(late.JitterBufferEmittedCount-early.JitterBufferEmittedCount)
	v.Score = score(b, spoken, heard)
	return v
}

// BenchmarkPlayout plays every network's trace with packets of 10, 20 and 60 ms
// through our buffer and libopus, in virtual time: nothing else disturbs it, so
// that the same numbers come out again.
func BenchmarkPlayout(b *testing.B) {
	spoken := speech(b, woman, traceLength)
	for _, length := range []time.Duration{media.Step, frame, 3 * frame} {
		for _, n := range virtualNetworks() {
			what := fmt.Sprintf("%s, packets of %d ms", n.name, length.Milliseconds())
			b.Run(what, func(b *testing.B) {
				v := replayed(b, n.recorded(b, spoken, length), spoken)
				results.Add(what+": concealed", "%", v.Concealed)
				results.Add(what+": playhead behind the fastest packet", "ms", 1000*v.playhead.Seconds())
				results.Add(what+": STOI", "0 to 1", v.Score)
				b.Logf("%-50s %5.2f %% concealed, playhead %6.1f ms, at most %6.1f ms, jitter buffer %6.1f ms, STOI %.4f", what,
					v.Concealed, 1000*v.playhead.Seconds(), 1000*v.slowest.Seconds(), v.Delay, v.Score)
			})
		}
	}
}
