//go:build e2e

package lab

import (
	"bufio"
	"encoding/binary"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/media"
	"parley/media/pattern"
)

// Of the clip: small enough that browser, codec and window together keep up with
// it on two cores.
const (
	clipWidth  = 640
	clipHeight = 360
	ClipFrames = 300 // then it begins again
	FrameRate  = 30
)

// PatternClip writes colour bars with numbered frames as MJPEG, for Chromium's
// camera.
func PatternClip(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pattern.mjpeg")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	bars, pool, start := pattern.NewBars(clipWidth, clipHeight), media.Pool{}, time.Now()
	for i := range ClipFrames {
		frame := pool.Get(clipWidth, clipHeight)
		frame.Number, frame.Captured = uint64(i), start.Add(time.Duration(i)*time.Second/FrameRate)
		bars.Paint(frame)
		if err := jpeg.Encode(out, frame.Image, &jpeg.Options{Quality: 85}); err != nil {
			t.Fatal(err)
		}
		frame.Release()
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// ToneHertz is the pitch of ToneClip.
const ToneHertz = 620

// ToneClip writes a minute of a tone that comes and goes, as WAV, for
// Chromium's microphone: a steady one would be taken for noise and removed.
func ToneClip(t testing.TB) string {
	t.Helper()
	const seconds, perBeep = 60, media.SampleRate / 2
	samples := make([]int16, seconds*media.SampleRate)
	for i := range samples {
		if at := i % perBeep; at < perBeep*7/10 {
			edge := min(1, float64(min(at, perBeep*7/10-at))/500)
			samples[i] = int16(12000 * edge * math.Sin(2*math.Pi*ToneHertz*float64(i)/media.SampleRate))
		}
	}
	path := filepath.Join(t.TempDir(), "tone.wav")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, part := range []any{wavHeader(len(samples)), samples} {
		if err := binary.Write(file, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// wavHeader is the head of a RIFF WAVE file: mono, 16 bit, media.SampleRate.
func wavHeader(samples int) any {
	size := uint32(2 * samples)
	return struct {
		RIFF                   [4]byte
		Rest                   uint32
		WAVE, Fmt              [4]byte
		FmtSize                uint32
		PCM, Channels          uint16
		Rate, BytesPerSecond   uint32
		BlockAlign, SampleBits uint16
		Data                   [4]byte
		DataSize               uint32
	}{
		[4]byte([]byte("RIFF")), 36 + size,
		[4]byte([]byte("WAVE")), [4]byte([]byte("fmt ")), 16, 1, 1, media.SampleRate, 2 * media.SampleRate, 2, 16,
		[4]byte([]byte("data")), size,
	}
}

// Heard returns how much of a WAV file that Parley wrote (mono or stereo, 16
// bit) is a tone of this pitch, from 0 to 1, in its loudest half second, and
// the peak level there, from 0 to 1.
func Heard(t testing.TB, path string, hertz float64) (share, level float64) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const headerSize = 44
	if len(raw) < headerSize {
		return 0, 0
	}
	channels := int(binary.LittleEndian.Uint16(raw[22:]))
	rate := float64(binary.LittleEndian.Uint32(raw[24:]))
	var samples []float64
	for at := headerSize; at+2*channels <= len(raw); at += 2 * channels {
		samples = append(samples, float64(int16(binary.LittleEndian.Uint16(raw[at:])))/math.MaxInt16)
	}
	window := int(rate / 4)
	for ; len(samples) >= window; samples = samples[window/2:] {
		s, l := toneIn(samples[:window], hertz/rate)
		if l > 0.01 && s > share {
			share, level = s, l
		}
	}
	return share, level
}

// toneIn is Goertzel's measure: the share of the energy at one frequency, given
// in cycles per sample, and the peak.
func toneIn(samples []float64, frequency float64) (share, peak float64) {
	var sine, cosine, energy float64
	for i, s := range samples {
		phase := 2 * math.Pi * frequency * float64(i)
		sine, cosine = sine+s*math.Sin(phase), cosine+s*math.Cos(phase)
		energy += s * s
		peak = max(peak, math.Abs(s))
	}
	if energy == 0 {
		return 0, 0
	}
	return 2 * (sine*sine + cosine*cosine) / float64(len(samples)) / energy, peak
}
