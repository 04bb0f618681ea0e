package playout

import (
	"encoding/binary"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
)

// talkDecoder stands for a codec whose packets are pieces of a recording. What
// is lost it replaces by the last 10 ms, ever softer.
type talkDecoder struct {
	pcm  []int16
	next int // sample
	soft int
}

func (d *talkDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	if len(packet) < 10 {
		return 0, errMalformed
	}
	n := min(packetLength(packet), len(pcm))
	from := int(binary.BigEndian.Uint64(packet[2:]))
	d.next, d.soft = from+n, 0
	return copy(pcm[:n], d.pcm[from:]), nil
}

func (d *talkDecoder) DecodeFEC(_ []byte, pcm []int16) (int, error) { return d.Conceal(pcm) }

func (d *talkDecoder) Conceal(pcm []int16) (int, error) {
	d.soft++
	for i := range pcm {
		pcm[i] = d.pcm[max(d.next-media.StepSamples+i%media.StepSamples, 0)] / int16(d.soft)
	}
	return len(pcm), nil
}

func (d *talkDecoder) Close() error { return nil }

// Speech that is stretched and cut as networks demand must be understood as well
// as before.
func TestQuality_OfSpeech(t *testing.T) {
	const (
		length = 10 * time.Second
		scored = 16000 // samples a second: STOI looks no higher than 5 kHz
	)
	talk := room.Take(room.NewTalker(3, 120), length.Seconds()+1)
	hold := func(at time.Duration, b *Buffer) {
		if at%(4*time.Second) < 2*time.Second {
			b.Hold(0)
		} else {
			b.Hold(150 * time.Millisecond)
		}
	}
	for _, tt := range []struct {
		name  string
		late  func(i int) time.Duration
		steer func(at time.Duration, b *Buffer)
		least float64
	}{
		{"clean", func(int) time.Duration { return 0 }, nil, 0.995},
		{"jitter of 60 ms", func(i int) time.Duration { return time.Duration(i*7919%60) * time.Millisecond }, nil, 0.98},
		{"a stall of 400 ms", stall(300, 400*time.Millisecond), nil, 0.9},
		{"a delay that goes up and down by 150 ms", func(int) time.Duration { return 0 }, hold, 0.93},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var trace []Delivery
			for _, p := range stream(int(length/frame), 0, false).delayed(tt.late) {
				trace = append(trace, Delivery{p.at, p.seq, p.ts, p.payload})
			}
			var heard []int16
			err := Replay(&talkDecoder{pcm: quality.Samples(talk)}, 1, trace, length+time.Second, func(at time.Duration, b *Buffer, step *media.Sound) {
				heard = append(heard, step.Samples[:]...)
				if tt.steer != nil {
					tt.steer(at, b)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			clean := quality.Resample(talk[:count(length-time.Second)], media.SampleRate, scored)
			aligned, err := quality.Aligned(clean, quality.Resample(quality.Floats(heard), media.SampleRate, scored), scored)
			if err != nil {
				t.Fatal(err)
			}
			got, err := quality.STOI(clean, aligned, scored)
			t.Logf("STOI %.4f", got)
			if err != nil || got < tt.least {
				t.Errorf("STOI %.4f, %v; want at least %.3f", got, err, tt.least)
			}
		})
	}
}
