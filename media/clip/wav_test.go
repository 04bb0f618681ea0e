package clip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parley/media"
)

// wave makes a WAV file of interleaved samples.
func wave(rate, channels int, samples []int16, extra ...byte) []byte {
	order := binary.LittleEndian
	b := order.AppendUint32([]byte("RIFF"), 0)
	b = append(b, "WAVE"...)
	b = append(b, extra...)
	b = order.AppendUint32(append(b, "fmt "...), 16)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, uint16(channels))
	b = order.AppendUint32(b, uint32(rate))
	b = order.AppendUint32(b, uint32(rate*channels*2))
	b = order.AppendUint16(b, uint16(channels*2))
	b = order.AppendUint16(b, 16)
	b = order.AppendUint32(append(b, "data"...), uint32(2*len(samples)))
	for _, v := range samples {
		b = order.AppendUint16(b, uint16(v))
	}
	return b
}

func readAll(tb testing.TB, file []byte) []int16 {
	tb.Helper()
	r, err := NewWAVReader(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return drain(tb, r)
}

func drain(tb testing.TB, r *WAVReader) (all []int16) {
	tb.Helper()
	var step [media.StepSamples]int16
	for {
		n, err := r.Read(step[:])
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, step[:n]...)
	}
}

func tone(rate, n int, hertz float64) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(10000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return out
}

func TestWAVOfOurOwnRateIsExact(t *testing.T) {
	want := tone(media.SampleRate, 1234, 440)
	if got := readAll(t, wave(media.SampleRate, 1, want)); !slices.Equal(got, want) {
		t.Error("samples changed")
	}
}

func TestWAVIsMixedDown(t *testing.T) {
	got := readAll(t, wave(media.SampleRate, 2, []int16{100, 300, -32768, -32768, 32767, 32767, 5, -5}))
	if want := []int16{200, -32768, 32767, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A tone comes back at its place in time, its frequency and its loudness,
// whatever the rate of the file; what cannot be represented does not come back.
func TestWAVIsResampled(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 22050, 32000, 44100, 44099, 96000, 192000} {
		got := readAll(t, wave(rate, 1, tone(rate, rate/2, 1000)))
		if want := (rate/2*media.SampleRate + rate - 1) / rate; len(got) != want {
			t.Errorf("%d: %d samples, want %d", rate, len(got), want)
			continue
		}
		want := tone(media.SampleRate, media.SampleRate/2, 1000)
		if db := noise(got[2000:20000], want[2000:20000]); db < 60 {
			t.Errorf("%d: the tone stands out by %.0f dB only", rate, db)
		}
	}
	above := readAll(t, wave(96000, 1, tone(96000, 48000, 30000)))
	for _, v := range above[1000:20000] {
		if v > 20 || v < -20 {
			t.Fatalf("30 kHz came back as %d", v)
		}
	}
}

// noise returns how far below the wanted sound what was got differs, in dB.
func noise(got, want []int16) float64 {
	signal, difference := 0.0, 1e-9
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		difference += d * d
		signal += float64(want[i]) * float64(want[i])
	}
	return 10 * math.Log10(signal/difference)
}

func TestWAVRewinds(t *testing.T) {
	r, err := NewWAVReader(bytes.NewReader(wave(44100, 2, tone(44100, 5000, 300))))
	if err != nil {
		t.Fatal(err)
	}
	first := drain(t, r)
	if err := r.Rewind(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(first, drain(t, r)) {
		t.Error("the second time is another")
	}
}

func TestWAVFilesThatWereCutOff(t *testing.T) {
	whole := wave(media.SampleRate, 1, []int16{1, 2, 3})
	if got := readAll(t, whole[:len(whole)-1]); !slices.Equal(got, []int16{1, 2}) {
		t.Errorf("cut in a sample: %v", got)
	}
	for _, size := range []uint32{0, math.MaxUint32, 1000} { // what unfinished files say
		binary.LittleEndian.PutUint32(whole[40:], size)
		if got := readAll(t, whole); !slices.Equal(got, []int16{1, 2, 3}) {
			t.Errorf("size %d: %v", size, got)
		}
	}
}

func TestWAVOtherChunksAreSkipped(t *testing.T) {
	list := append([]byte("LIST"), 3, 0, 0, 0, 'a', 'b', 'c', 0)
	if got := readAll(t, append(wave(media.SampleRate, 1, []int16{1, 2, 3}, list...), list...)); !slices.Equal(got, []int16{1, 2, 3}) {
		t.Errorf("%v", got)
	}
}

func TestWAVExtensible(t *testing.T) {
	file := wave(media.SampleRate, 1, []int16{7})
	order := binary.LittleEndian
	format := slices.Clone(file[20:36])
	order.PutUint16(format, formatExtensible)
	format = append(format, 22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71)
	long := append(order.AppendUint32(slices.Clone(file[:16]), 40), format...)
	if got := readAll(t, append(long, file[36:]...)); !slices.Equal(got, []int16{7}) {
		t.Errorf("%v", got)
	}
}

func TestWAVHeadersThatAreRefused(t *testing.T) {
	good := wave(media.SampleRate, 1, []int16{1, 2})
	changed := func(at int, v uint16) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint16(b[at:], v)
		return b
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"empty":        {nil, ErrTruncated},
		"short":        {good[:30], ErrTruncated},
		"no RIFF":      {changed(0, 0), ErrFormat},
		"no WAVE":      {changed(8, 0), ErrFormat},
		"floats":       {changed(20, 3), ErrUnsupported},
		"24 bit":       {changed(34, 24), ErrUnsupported},
		"no channel":   {changed(22, 0), ErrUnsupported},
		"9 channels":   {changed(22, 9), ErrUnsupported},
		"slow":         {changed(24, 100), ErrUnsupported},
		"misaligned":   {changed(32, 4), ErrFormat},
		"long format":  {changed(16, 9999), ErrFormat},
		"short format": {changed(16, 2), ErrFormat},
		"no format":    {append(slices.Clone(good[:12]), good[36:]...), ErrFormat},
		"no samples":   {good[:36], ErrTruncated},
	} {
		if _, err := NewWAVReader(bytes.NewReader(c.file)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestWAVWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.wav")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := NewWAVWriter(file)
	if err != nil {
		t.Fatal(err)
	}
	want := tone(media.SampleRate, 2*media.SampleRate+480, 440)
	for i := 0; i < len(want); i += media.StepSamples {
		if err := w.Write(want[i : i+media.StepSamples]); err != nil {
			t.Fatal(err)
		}
	}
	onDisk := func() []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if told := binary.LittleEndian.Uint32(onDisk()[40:]); told != 2*2*media.SampleRate {
		t.Errorf("after a crash the header would tell of %d bytes", told)
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, onDisk()); !slices.Equal(got, want) {
		t.Errorf("%d samples came back, want %d", len(got), len(want))
	}
	if size := binary.LittleEndian.Uint32(onDisk()[4:]); int(size) != len(onDisk())-8 {
		t.Errorf("RIFF says %d, the file has %d bytes", size, len(onDisk()))
	}
	if n := testing.AllocsPerRun(10, func() { err = errors.Join(err, w.Write(want[:480])) }); n > 0 || err != nil {
		t.Errorf("%v allocations a step, %v", n, err)
	}
}

func TestWAVWriterReportsFailure(t *testing.T) {
	if _, err := NewWAVWriter(failing{}); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	w := &WAVWriter{out: failing{}}
	if err := w.Write([]int16{1}); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	w.written = maxSamples
	if err := w.Write([]int16{1}); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(wave(44100, 2, tone(44100, 100, 300)))
	f.Add(wave(8000, 1, tone(8000, 10, 300)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewWAVReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		first := drain(t, r)
		if err := r.Rewind(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(first, drain(t, r)) {
			t.Error("the second time is another")
		}
	})
}

func BenchmarkResample(b *testing.B) {
	r, err := NewWAVReader(bytes.NewReader(wave(44100, 1, tone(44100, 1<<20, 300))))
	if err != nil {
		b.Fatal(err)
	}
	var step [media.StepSamples]int16
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(step[:]); errors.Is(err, io.EOF) {
			if err := r.Rewind(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
