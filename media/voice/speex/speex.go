// Package speex has the echo canceller and the noise suppressor of speexdsp. They do
// the work where the better ones, aec3 and rnnoise, are missing: in a build without
// their modules, on a processor that wazero has no compiler for, and after one
// of them failed. It imports media, media/voice and libspeexdsp.
package speex

// #cgo pkg-config: speexdsp
// #cgo CFLAGS: -O2
// #cgo LDFLAGS: -lm
// #cgo noescape parley_cancel
// #cgo nocallback parley_cancel
// #cgo noescape parley_suppress
// #cgo nocallback parley_suppress
// #include "speex.h"
import "C"

import (
	"errors"
	"fmt"

	"parley/media"
	"parley/media/voice"
)

// Delay is by how many samples what a Canceller or a Suppressor leaves is behind
// what it was given: both end with speexdsp's preprocessor, which overlaps its
// frames by half.
const Delay = media.StepSamples

const (
	// tail is how long after it was played an echo may be heard, in samples: 300 ms. The
	// filter has to hold the delay of the devices as well as the room, but the longer it is
	// the slower it learns and the more it costs.
	tail = 300 * media.SampleRate / 1000
	// strength is by how many dB noise is made weaker at most.
	strength = 25
)

var (
	errClosed = errors.New("closed")
	errMemory = errors.New("no memory")
)

// Canceller is one echo canceller. It implements voice.Canceller.
type Canceller struct{ state *C.parley_canceller }

// NewCanceller starts a canceller that has heard nothing yet.
func NewCanceller() (*Canceller, error) {
	state := C.parley_canceller_new(tail)
	if state == nil {
		return nil, fmt.Errorf("start speexdsp's echo canceller: %w", errMemory)
	}
	return &Canceller{state}, nil
}

// Cancel changes near in place; see voice.Canceller. It allocates nothing.
func (c *Canceller) Cancel(near, far *voice.Step) error {
	if c.state == nil {
		return fmt.Errorf("cancel echo: %w", errClosed)
	}
	C.parley_cancel(c.state, (*C.float)(&near[0]), (*C.float)(&far[0]))
	return nil
}

// Close frees the canceller. Cancel is an error after it.
func (c *Canceller) Close() error {
	C.parley_canceller_free(c.state)
	c.state = nil
	return nil
}

// Suppressor is one noise suppressor. It implements voice.Suppressor.
type Suppressor struct{ state *C.parley_suppressor }

// NewSuppressor starts a suppressor that has heard nothing yet.
func NewSuppressor() (*Suppressor, error) {
	state := C.parley_suppressor_new(strength)
	if state == nil {
		return nil, fmt.Errorf("start speexdsp's noise suppressor: %w", errMemory)
	}
	return &Suppressor{state}, nil
}

// Suppress changes step in place; see voice.Suppressor. It allocates nothing.
func (s *Suppressor) Suppress(step *voice.Step) (speech float32, err error) {
	if s.state == nil {
		return 0, fmt.Errorf("suppress noise: %w", errClosed)
	}
	return float32(C.parley_suppress(s.state, (*C.float)(&step[0]))) / 100, nil
}

// Close frees the suppressor. Suppress is an error after it.
func (s *Suppressor) Close() error {
	C.parley_suppressor_free(s.state)
	s.state = nil
	return nil
}
