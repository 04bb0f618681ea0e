//go:build e2e

package soundbench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/media"
	"parley/media/codec"
	"parley/media/playout"
	"parley/media/quality"
	"parley/ui/e2e/lab"
)

const (
	// frame is what a packet of the benchmark holds: the 20 ms that browsers send.
	frame = 20 * time.Millisecond
	// traceLength is how much is sent over each network.
	traceLength = 24 * time.Second
	// lead is sent before anything is measured, as in a call that has been going on.
	lead = 4 * time.Second
)

// delivery is a packet that arrives.
type delivery struct {
	packet int
	at     time.Duration // after the start
}

// network delays each packet, or loses it if the delay is negative.
type network struct {
	name  string
	loss  int // percent that the sender's FEC expects
	delay func(r *rand.Rand, packet int) time.Duration
}

// networks are the traces. The first seconds of each are clean.
func networks() []network {
	return []network{
		{"clean", 0, func(*rand.Rand, int) time.Duration { return 0 }},
		{"loss 1 %", 1, independent(0.01)},
		{"loss 5 %", 5, independent(0.05)},
		{"loss 10 %", 10, independent(0.10)},
		{"loss 20 %", 20, independent(0.20)},
		{"bursts, 5 % in groups of 3 to 5", 5, groups()},
		{"jitter 10 ms", 0, uniform(10 * time.Millisecond)},
		{"jitter 50 ms", 0, uniform(50 * time.Millisecond)},
		{"jitter 100 ms", 0, uniform(100 * time.Millisecond)},
		{"a stall of 1 s", 0, stall},
		{"reordering 2 %", 0, func(r *rand.Rand, _ int) time.Duration {
			if r.Float64() < 0.02 {
				return 50 * time.Millisecond
			}
			return 0
		}},
	}
}

const lost = time.Duration(-1)

func independent(share float64) func(*rand.Rand, int) time.Duration {
	return func(r *rand.Rand, _ int) time.Duration {
		if r.Float64() < share {
			return lost
		}
		return 0
	}
}

// groups loses three to five packets in a row, and one in twenty in all.
func groups() func(*rand.Rand, int) time.Duration {
	left := 0
	return func(r *rand.Rand, _ int) time.Duration {
		if left == 0 && r.Float64() < 0.05/4 {
			left = 3 + r.IntN(3)
		}
		if left == 0 {
			return 0
		}
		left--
		return lost
	}
}

func uniform(most time.Duration) func(*rand.Rand, int) time.Duration {
	return func(r *rand.Rand, _ int) time.Duration { return time.Duration(r.Int64N(int64(most))) }
}

// stall holds up what is sent within a second in the middle, and delivers it at once.
func stall(_ *rand.Rand, packet int) time.Duration {
	const begin = traceLength / 2
	at := time.Duration(packet) * frame
	if at < begin {
		return 0
	}
	return max(begin+time.Second-at, 0)
}

// deliveries are the packets of a trace in the order of their arrival.
func (n network) deliveries(packets int) []delivery {
	r := rand.New(rand.NewPCG(4, 2))
	var out []delivery
	for i := range packets {
		var d time.Duration
		if at := time.Duration(i) * frame; at >= lead {
			d = n.delay(r, i)
		}
		if d != lost {
			out = append(out, delivery{i, time.Duration(i)*frame + d})
		}
	}
	slices.SortStableFunc(out, func(a, b delivery) int { return int(a.at - b.at) })
	return out
}

// packed is speech as Opus packets.
func packed(b *testing.B, speech []int16, loss int) [][]byte {
	b.Helper()
	encoder, err := codec.NewOpusEncoder(32_000)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = encoder.Close() }()
	if err := encoder.Adapt(media.AudioSettings{Bitrate: 32_000, Loss: loss}); err != nil {
		b.Fatal(err)
	}
	samples := int(frame * media.SampleRate / time.Second)
	var out [][]byte
	for at := 0; at+samples <= len(speech); at += samples {
		packet := make([]byte, codec.MaxOpusPacket)
		n, err := encoder.Encode(speech[at:at+samples], packet)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, packet[:n])
	}
	return out
}

// outcome is how a receiver did on a trace.
type outcome struct {
	Concealed float64 // share of the samples played, in percent
	Delay     float64 // of the jitter buffer, average per emitted sample, in milliseconds
	Score     float64 // STOI against what was said
}

// ours plays what arrived through our own buffer, in virtual time.
func ours(b *testing.B, packets [][]byte, arrived []delivery, spoken []int16) outcome {
	b.Helper()
	decoder, err := codec.NewOpusDecoder(1)
	if err != nil {
		b.Fatal(err)
	}
	trace := make([]playout.Delivery, len(arrived))
	for i, d := range arrived {
		trace[i] = playout.Delivery{At: d.at, Sequence: uint16(d.packet), Timestamp: uint32(d.packet * codec.PacketSamples), Payload: packets[d.packet]}
	}
	var heard []int16
	var early, late playout.Stats
	last := arrived[len(arrived)-1].at
	err = playout.Replay(decoder, 1, trace, traceLength+time.Second, func(at time.Duration, buffer *playout.Buffer, step *media.Sound) {
		heard = append(heard, step.Samples[:]...)
		if at <= lead {
			early = buffer.Stats()
		}
		if at <= last {
			late = buffer.Stats()
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	return outcome{
		Concealed: 100 * float64(late.ConcealedSamples-early.ConcealedSamples) / float64(late.TotalSamplesReceived-early.TotalSamplesReceived),
		Delay:     1000 * (late.JitterBufferDelay - early.JitterBufferDelay) / float64(late.JitterBufferEmittedCount-early.JitterBufferEmittedCount),
		Score:     score(b, spoken, heard),
	}
}

// score is the STOI of what was heard, wherever stretching has moved it, after
// the lead.
func score(b *testing.B, spoken, heard []int16) float64 {
	b.Helper()
	clean := quality.Floats(spoken)
	aligned, err := quality.Aligned(clean, quality.Floats(heard), media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	from := int(lead * media.SampleRate / time.Second)
	stoi, err := quality.STOI(clean[from:], aligned[from:], media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	return stoi
}

// BenchmarkNetwork sends the same packets at the same moments to Chromium's
// receiver and to ours.
func BenchmarkNetwork(b *testing.B) {
	spoken := speech(b, woman, traceLength)
	chromium := sync.OnceValue(func() *receiver { return warm(b, spoken) })
	for _, n := range networks() {
		r := received(b, n.name, func() reception {
			packets := packed(b, spoken, n.loss)
			theirs, sent := chromium().hear(b, packets, n.deliveries(len(packets)), spoken)
			return newReception(packets, sent, theirs)
		})
		compare(b, n.name, ours(b, r.Packets, r.deliveries(), spoken), r.Chromium)
	}
}

// warm starts Chromium and makes its first connection, which is slow.
func warm(b *testing.B, spoken []int16) *receiver {
	b.Helper()
	chromium := newReceiver(b, lab.NewSoundServer(b))
	clean := packed(b, spoken, 0)
	chromium.hear(b, clean, networks()[0].deliveries(len(clean))[:int((lead+5*time.Second)/frame)], spoken)
	return chromium
}

// compare adds the rows of one network.
func compare(b *testing.B, name string, own, theirs outcome) {
	b.Helper()
	for _, r := range []struct {
		name string
		outcome
	}{{"Parley", own}, {"Chromium", theirs}} {
		results.Add(fmt.Sprintf("%s, %s: concealed", name, r.name), "%", r.Concealed)
		results.Add(fmt.Sprintf("%s, %s: delay of the jitter buffer", name, r.name), "ms", r.Delay)
		results.Add(fmt.Sprintf("%s, %s: STOI", name, r.name), "0 to 1", r.Score)
	}
	b.Logf("%-32s Parley %5.2f %% %5.1f ms %.4f   Chromium %5.2f %% %5.1f ms %.4f", name,
		own.Concealed, own.Delay, own.Score, theirs.Concealed, theirs.Delay, theirs.Score)
}
