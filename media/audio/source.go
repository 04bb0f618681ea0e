package audio

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"

	"parley/media"
	"parley/media/clip"
)

// source makes sound in place of a microphone. The worker calls next, the
// keeper close; afterwards next is silent.
type source interface {
	next(out *[media.StepSamples]int16)
	close()
}

// sink takes sound in place of a speaker. The worker calls take, the keeper the
// others; after close take does nothing.
type sink interface {
	take(step *[media.StepSamples]int16)
	flush()
	fault() error // the first thing that went wrong
	close()
}

// The tone that stands for a microphone: its pitch can be measured at the other end.
const (
	toneHertz = 440
	toneLevel = 0.25 // peak
)

// toneSource is a steady sine.
type toneSource struct{ at int }

func (t *toneSource) next(out *[media.StepSamples]int16) {
	for i := range out {
		angle := 2 * math.Pi * toneHertz * float64(t.at) / media.SampleRate
		out[i] = int16(toneLevel * math.MaxInt16 * math.Sin(angle))
		t.at = (t.at + 1) % media.SampleRate // a whole number of waves
	}
}

func (t *toneSource) close() {}

// loop plays a WAV file again and again.
type loop struct {
	mu     sync.Mutex
	file   *os.File
	reader *clip.WAVReader
	ended  bool
}

func openLoop(path string) (*loop, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the voice: %w", err)
	}
	r, err := clip.NewWAVReader(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("read the voice: %w", err)
	}
	return &loop{file: f, reader: r}, nil
}

func (l *loop) next(out *[media.StepSamples]int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for filled, idle := 0, 0; filled < len(out) && !l.ended; {
		n, err := l.reader.Read(out[filled:])
		filled += n
		idle++
		if n > 0 {
			idle = 0
		}
		if errors.Is(err, io.EOF) {
			err = l.reader.Rewind()
		}
		l.ended = err != nil || idle > 1 // nothing even from the beginning
	}
}

func (l *loop) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	_ = l.file.Close() // nothing was written
}

// tape writes what is played to a WAV file.
type tape struct {
	mu     sync.Mutex
	file   *os.File
	writer *clip.WAVWriter
	failed error
	closed bool
}

func createTape(path string) (*tape, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create the recording: %w", err)
	}
	w, err := clip.NewWAVWriter(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("begin the recording: %w", err)
	}
	return &tape{file: f, writer: w}, nil
}

func (t *tape) take(step *[media.StepSamples]int16) {
	t.do(func() error { return t.writer.Write(step[:]) })
}

func (t *tape) flush() { t.do(t.writer.Finish) }

func (t *tape) fault() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

func (t *tape) close() {
	t.do(func() error {
		t.closed = true
		return errors.Join(t.writer.Finish(), t.file.Close())
	})
}

// do does something to the file unless it is closed or has failed before.
func (t *tape) do(f func() error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.failed != nil {
		return
	}
	if err := f(); err != nil {
		t.failed = fmt.Errorf("%w: recording: %w", ErrNoSpeaker, err)
	}
}
