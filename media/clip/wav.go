package clip

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"parley/media"
)

// What a WAV file may ask for.
const (
	minSampleRate = 4000
	maxSampleRate = 192000
	maxChannels   = 8
)

// The tags of WAVE (Microsoft, Multimedia Programming Interface, 1991).
const (
	formatPCM        = 1
	formatExtensible = 0xFFFE
	headerSize       = 44        // of the plainest header
	endless          = 1<<32 - 1 // size of data that was still being written
)

// wavFormat is what the chunk "fmt " tells.
type wavFormat struct{ channels, rate int }

// WAVReader reads 16 bit PCM of any rate and number of channels as sound of the
// program: mono at media.SampleRate.
type WAVReader struct {
	source  io.ReadSeeker
	format  wavFormat
	start   int64 // of the samples in the file
	size    int64 // bytes of samples, or endless
	samples *pcmReader
	rates   *resampler // nil if nothing is to be done
}

// NewWAVReader reads the header. The reader does not close source.
func NewWAVReader(source io.ReadSeeker) (*WAVReader, error) {
	r := &WAVReader{source: source}
	if err := r.header(); err != nil {
		return nil, fmt.Errorf("reading the header of a WAV file: %w", err)
	}
	if err := r.Rewind(); err != nil {
		return nil, err
	}
	return r, nil
}

// Read fills out and returns how many samples it wrote, which is fewer only at
// the end. The error is io.EOF when there are no more.
func (r *WAVReader) Read(out []int16) (int, error) {
	var n int
	var err error
	if r.rates == nil {
		n, err = r.samples.read(out)
	} else {
		n, err = r.rates.read(out)
	}
	if err != nil {
		return n, fmt.Errorf("reading samples: %w", err)
	}
	if n == 0 && len(out) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Rewind makes the first sample the next one.
func (r *WAVReader) Rewind() error {
	if _, err := r.source.Seek(r.start, io.SeekStart); err != nil {
		return fmt.Errorf("rewinding a WAV file: %w", err)
	}
	r.samples = newPCMReader(io.LimitReader(r.source, r.size), r.format.channels)
	r.rates = nil
	if r.format.rate != media.SampleRate {
		r.rates = newResampler(r.samples, r.format.rate)
	}
	return nil
}

func (r *WAVReader) header() error {
	var riff [12]byte
	if _, err := io.ReadFull(r.source, riff[:]); err != nil {
		return truncated(err)
	}
	if string(riff[:4]) != "RIFF" || string(riff[8:]) != "WAVE" {
		return fmt.Errorf("%w: no RIFF of WAVE", ErrFormat)
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(r.source, head[:]); err != nil {
			return truncated(err)
		}
		done, err := r.chunk(string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:])))
		if done || err != nil {
			return err
		}
	}
}

// chunk takes one chunk; it is done when the samples begin.
func (r *WAVReader) chunk(name string, size int64) (done bool, err error) {
	switch name {
	case "fmt ":
		return false, r.formatChunk(size)
	case "data":
		if r.format.channels == 0 {
			return false, fmt.Errorf("%w: samples without a format", ErrFormat)
		}
		if size == 0 || size == endless { // its writer never came to the end
			size = math.MaxInt64
		}
		r.size = size
		r.start, err = r.source.Seek(0, io.SeekCurrent)
		return true, err
	}
	_, err = r.source.Seek(size+size&1, io.SeekCurrent)
	return false, err
}

func (r *WAVReader) formatChunk(size int64) error {
	const least, most = 16, 40
	if size < least || size > most {
		return fmt.Errorf("%w: a format of %d bytes", ErrFormat, size)
	}
	var b [most]byte
	if _, err := io.ReadFull(r.source, b[:size+size&1]); err != nil {
		return truncated(err)
	}
	format, err := parseFormat(b[:size])
	r.format = format
	return err
}

func parseFormat(b []byte) (wavFormat, error) {
	tag := binary.LittleEndian.Uint16(b)
	if tag == formatExtensible && len(b) == 40 {
		tag = binary.LittleEndian.Uint16(b[24:]) // the sub-format's first bytes
	}
	f := wavFormat{int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))}
	align, bits := int(binary.LittleEndian.Uint16(b[12:])), binary.LittleEndian.Uint16(b[14:])
	switch {
	case tag != formatPCM || bits != 16:
		return f, fmt.Errorf("%w: only 16 bit PCM is", ErrUnsupported)
	case f.channels < 1 || f.channels > maxChannels:
		return f, fmt.Errorf("%w: %d channels", ErrUnsupported, f.channels)
	case f.rate < minSampleRate || f.rate > maxSampleRate:
		return f, fmt.Errorf("%w: %d samples/s", ErrUnsupported, f.rate)
	case align != 2*f.channels:
		return f, fmt.Errorf("%w: %d bytes for %d channels", ErrFormat, align, f.channels)
	}
	return f, nil
}

// pcmReader mixes interleaved 16 bit samples down to mono.
type pcmReader struct {
	in       *bufio.Reader
	channels int
	frame    [2 * maxChannels]byte
}

func newPCMReader(in io.Reader, channels int) *pcmReader {
	return &pcmReader{in: bufio.NewReaderSize(in, 1<<14), channels: channels}
}

// read fills out, less only at the end, which is no error. Half a sample at the
// end of a file that was cut off is dropped.
func (r *pcmReader) read(out []int16) (int, error) {
	frame := r.frame[:2*r.channels]
	for n := range out {
		if _, err := io.ReadFull(r.in, frame); err != nil {
			if errors.Is(truncated(err), ErrTruncated) {
				return n, nil
			}
			return n, err
		}
		sum := 0
		for i := 0; i < len(frame); i += 2 {
			sum += int(int16(binary.LittleEndian.Uint16(frame[i:])))
		}
		out[n] = int16(sum / r.channels)
	}
	return len(out), nil
}

// WAVWriter writes mono sound at media.SampleRate. The header is brought up to
// date every second, so that what a crash leaves behind is a good file.
type WAVWriter struct {
	out     io.WriterAt
	written int64 // samples
	told    int64 // samples that the header knows of
	scratch []byte
}

// ErrFull says that a WAV file cannot grow further, which is after 12 hours.
var ErrFull = errors.New("file is full")

// maxSamples fills the 32 bits of the sizes in the header.
const maxSamples = (1<<32 - headerSize - 1) / 2

// NewWAVWriter writes the header of an empty file, such as an *os.File not
// opened for appending, which the writer does not close. Call Finish at the end.
func NewWAVWriter(out io.WriterAt) (*WAVWriter, error) {
	w := &WAVWriter{out: out}
	return w, w.Finish()
}

// Write adds samples.
func (w *WAVWriter) Write(samples []int16) error {
	if w.written+int64(len(samples)) > maxSamples {
		return fmt.Errorf("writing samples: %w", ErrFull)
	}
	w.scratch = w.scratch[:0]
	for _, v := range samples {
		w.scratch = binary.LittleEndian.AppendUint16(w.scratch, uint16(v))
	}
	if _, err := w.out.WriteAt(w.scratch, headerSize+2*w.written); err != nil {
		return fmt.Errorf("writing samples: %w", err)
	}
	w.written += int64(len(samples))
	if w.written-w.told >= media.SampleRate {
		return w.Finish()
	}
	return nil
}

// Finish brings the header up to date. Writing may go on after it.
func (w *WAVWriter) Finish() error {
	size := uint32(2 * w.written)
	order := binary.LittleEndian
	b := make([]byte, 0, headerSize)
	b = order.AppendUint32(append(b, "RIFF"...), headerSize-8+size)
	b = order.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = order.AppendUint16(b, formatPCM)
	b = order.AppendUint16(b, 1) // channel
	b = order.AppendUint32(b, media.SampleRate)
	b = order.AppendUint32(b, 2*media.SampleRate)
	b = order.AppendUint16(b, 2) // bytes a sample
	b = order.AppendUint16(b, 16)
	b = order.AppendUint32(append(b, "data"...), size)
	if _, err := w.out.WriteAt(b, 0); err != nil {
		return fmt.Errorf("writing the header of a WAV file: %w", err)
	}
	w.told = w.written
	return nil
}
