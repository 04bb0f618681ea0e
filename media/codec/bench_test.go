package codec

import (
	"testing"
	"time"

	"parley/media"
)

// film returns a few noisy 720p frames, harder than a talking head.
func film(n int) []*media.Frame {
	c := newCamera(1280, 720).grain()
	frames := make([]*media.Frame, n)
	for i := range frames {
		frames[i] = c.next()
	}
	return frames
}

// BenchmarkEncode720p is to be held against the same frames in vpxenc.
func BenchmarkEncode720p(b *testing.B) {
	frames := film(30)
	for _, mime := range coded {
		b.Run(mime, func(b *testing.B) {
			e := newEncoder(b, mime, 1_500_000)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f := frames[i%len(frames)]
				f.Captured = start.Add(time.Duration(i) * frameTime)
				if _, err := e.Encode(f, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode720p(b *testing.B) {
	for _, mime := range coded {
		e, frames := newEncoder(b, mime, 1_500_000), film(60)
		var stream [][]byte
		for i, f := range frames {
			f.Captured = start.Add(time.Duration(i) * frameTime)
			if p := encode(b, e, f, false); len(p) > 0 {
				stream = append(stream, p)
			}
		}
		b.Run(mime, func(b *testing.B) {
			d := newDecoder(b, mime)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f, err := d.Decode(stream[i%len(stream)])
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
		})
	}
}

// BenchmarkOpus tells what a second of sound costs: 10 ms/op is one percent of a core.
func BenchmarkOpus(b *testing.B) {
	for _, row := range []struct {
		name     string
		steps    int
		settings media.AudioSettings
	}{
		{"10ms", 1, media.AudioSettings{Bitrate: 40_000}},
		{"10ms/complexity9", 1, media.AudioSettings{Bitrate: 32_000, Complexity: 9}},
		{"20ms", 2, media.AudioSettings{Bitrate: 32_000}},
		{"20ms/complexity1", 2, media.AudioSettings{Bitrate: 32_000, Complexity: 1}},
		{"20ms/complexity9", 2, media.AudioSettings{Bitrate: 32_000, Complexity: 9}},
		{"20ms/fec", 2, media.AudioSettings{Bitrate: 40_000, Loss: 10}},
		{"60ms/narrow", 6, media.AudioSettings{Bitrate: 8_000}},
		{"10ms/stereo", 1, media.AudioSettings{Bitrate: 96_000, Stereo: true}},
	} {
		benchmarkOpus(b, row.name, row.steps, row.settings)
	}
}

func benchmarkOpus(b *testing.B, name string, steps int, s media.AudioSettings) {
	b.Helper()
	e, d := newOpus(b, 32_000)
	adapt(b, e, s)
	channels := 1
	if s.Stereo {
		channels = 2
	}
	size := steps * media.StepSamples * channels
	pcm, out := make([]int16, 100*media.StepSamples*channels), make([]byte, MaxOpusPacket)
	var v voice
	v.fill(pcm)
	packets := encoded(b, e, 100/steps, steps*media.StepSamples, channels, v.fill)
	b.Run("Encode/"+name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i := 0; i+size <= len(pcm); i += size {
				if _, err := e.Encode(pcm[i:i+size], out); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("Decode/"+name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, p := range packets {
				if _, err := d.Decode(p, pcm); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
