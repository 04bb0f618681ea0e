// Package rnnoise is the noise suppressor RNNoise as WebAssembly: a voice.Suppressor
// without C. It is a small recurrent network that was taught on speech and
// noises (J.-M. Valin, "A Hybrid DSP/Deep Learning Approach to Real-Time
// Full-Band Speech Enhancement", MMSP 2018).
//
// A Loader compiles the module once; each Suppressor is a copy with a memory of
// its own. It imports media, media/voice and media/voice/wasm.
package rnnoise

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero/api"

	"parley/media"
	"parley/media/voice"
	"parley/media/voice/wasm"
)

// Delay is by how many samples what Suppress returns is behind what it was given:
// RNNoise overlaps its frames by half.
const Delay = media.StepSamples

// Loader makes Suppressors. Its methods may be used from any goroutine.
type Loader struct{ program *wasm.Program }

// Load compiles the module, which must be the one that assets/dsp has. That takes
// some 20 ms of one processor, and is an error where there is no compiler for the
// processor. The Loader must be closed.
func Load(ctx context.Context, module []byte) (*Loader, error) {
	program, err := wasm.Compile(ctx, faster(module), library())
	if err != nil { // a processor without vectors
		program, err = wasm.Compile(ctx, module, library())
	}
	if err != nil {
		return nil, fmt.Errorf("load noise suppressor: %w", err)
	}
	return &Loader{program}, nil
}

// library is what the module imports.
func library() wasm.Library {
	return wasm.Library{Name: "a", Hosts: []wasm.Host{
		{Name: "a", Arguments: 1, Result: 1, Run: stay},
		{Name: "b", Arguments: 3, Run: move},
	}}
}

// stay is emscripten_resize_heap: the memory does not grow. What RNNoise needs
// fits into what it begins with, and it asks for nothing later.
func stay(_ api.Memory, stack []uint64) { stack[0] = 0 }

// move is emscripten_memcpy_big(to, from, bytes). The module asks for it from 512 bytes on.
func move(memory api.Memory, stack []uint64) {
	count := uint32(stack[2])
	to, inTo := memory.Read(uint32(stack[0]), count)
	from, inFrom := memory.Read(uint32(stack[1]), count)
	if inTo && inFrom {
		copy(to, from)
	}
}

// Close frees the Loader. Its Suppressors must have been closed before.
func (l *Loader) Close() error { return l.program.Close() }

// Suppressor is one noise suppressor. It implements voice.Suppressor.
type Suppressor struct {
	instance *wasm.Instance
	process  wasm.Function
	state    uint32
	samples  uint32 // where the module expects and leaves a step
}

// The module's exports are minified. These are what they were before.
const (
	exportMemory    = "c"
	exportConstruct = "d" // __wasm_call_ctors
	exportCreate    = "f" // rnnoise_create(model, or 0 for the one it has)
	exportAllocate  = "g" // malloc
	exportProcess   = "j" // rnnoise_process_frame(state, out, in), the probability of speech
)

// full is what the module's floats have where ours have 1.
const full = 32768

// New starts a suppressor that has heard nothing yet.
func (l *Loader) New(ctx context.Context) (*Suppressor, error) {
	instance, err := l.program.Instance(ctx, exportMemory)
	if err != nil {
		return nil, fmt.Errorf("start noise suppressor: %w", err)
	}
	instance.Function(exportConstruct).Call()
	s := &Suppressor{
		instance: instance,
		process:  instance.Function(exportProcess),
		state:    instance.Function(exportCreate).Call(0),
		samples:  instance.Function(exportAllocate).Call(4 * media.StepSamples),
	}
	err = instance.Err()
	if err == nil && (s.state == 0 || s.samples == 0) {
		err = errors.New("no memory")
	}
	if err != nil {
		return nil, fmt.Errorf("start noise suppressor: %w", errors.Join(err, instance.Close()))
	}
	return s, nil
}

// Suppress changes step in place; see voice.Suppressor. What it leaves is Delay samples
// older than what it found. It allocates nothing.
func (s *Suppressor) Suppress(step *voice.Step) (speech float32, err error) {
	s.instance.Put(s.samples, step[:], full)
	speech = math.Float32frombits(s.process.Call(s.state, s.samples, s.samples))
	s.instance.Get(step[:], s.samples, 1.0/full)
	if err := s.instance.Err(); err != nil {
		return 0, fmt.Errorf("suppress noise: %w", err)
	}
	return speech, nil
}

// Close frees the suppressor's memory. Suppress is an error after it.
func (s *Suppressor) Close() error { return s.instance.Close() }
