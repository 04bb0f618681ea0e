// Package aec3 is the echo canceller of browsers, WebRTC's AEC3, as WebAssembly: a
// voice.Canceller without C.
//
// A Loader compiles the module once; each Canceller is a copy with a memory of its
// own. It imports media/voice, media/voice/wasm and media.
package aec3

import (
	"context"
	"errors"
	"fmt"

	"parley/media"
	"parley/media/voice"
	"parley/media/voice/wasm"
)

// Delay is by how many samples what Cancel returns is behind what it was given.
// AEC3 works in blocks of 4 ms that do not fit into steps of 10 ms, overlaps
// them by another 4 ms, and splits the sound into three bands.
const Delay = 433

// Loader makes Cancellers. Its methods may be used from any goroutine.
type Loader struct{ program *wasm.Program }

// Load compiles the module, which must be the one that assets/dsp has. That takes
// some 100 ms of one processor, and is an error where there is no compiler for the
// processor. The Loader must be closed.
func Load(ctx context.Context, module []byte) (*Loader, error) {
	library := wasm.Library{Name: "a", Code: shim}
	program, err := wasm.Compile(ctx, faster(module), library)
	if err != nil { // a processor without vectors
		program, err = wasm.Compile(ctx, module, library)
	}
	if err != nil {
		return nil, fmt.Errorf("load echo canceller: %w", err)
	}
	return &Loader{program}, nil
}

// Close frees the Loader. Its Cancellers must have been closed before.
func (l *Loader) Close() error { return l.program.Close() }

// Canceller is one echo canceller. It implements voice.Canceller.
type Canceller struct {
	instance *wasm.Instance
	steps    [6]invocation
	far      uint32 // where the module expects samples
	near     uint32 // where it expects and leaves samples
}

// invocation is one function of the module with what it works on.
type invocation struct {
	function wasm.Function
	on       uint32
}

// The module's exports are minified. These are what they were before, in
// bindings.cc of webrtcaec3.js 0.3.0.
const (
	exportMemory         = "a" // of the shim
	exportConstruct      = "h" // __wasm_call_ctors
	exportCreate         = "i" // create(rate, render channels, capture channels)
	exportRender         = "n" // renderBuffer(canceller)
	exportCapture        = "o" // captureBuffer(canceller)
	exportChannels       = "s" // channels(buffer)
	exportSplit          = "t" // splitIntoFrequencyBands(buffer)
	exportMerge          = "u" // mergeFrequencyBands(buffer)
	exportMakeRender     = "x" // mkRenderBuffer(canceller, rate and channels of what comes in, within, and goes out)
	exportMakeCapture    = "y" // mkCaptureBuffer, in the same way
	exportAnalyzeRender  = "z" // analyzeRender(canceller)
	exportAnalyzeCapture = "A" // analyzeCapture(canceller)
	exportProcess        = "B" // processCapture(canceller, whether the level changed)
)

// full is what the module's floats have where ours have 1.
const full = 32768

// New starts a canceller that has heard nothing yet.
func (l *Loader) New(ctx context.Context) (*Canceller, error) {
	instance, err := l.program.Instance(ctx, exportMemory)
	if err != nil {
		return nil, fmt.Errorf("start echo canceller: %w", err)
	}
	c := &Canceller{instance: instance}
	c.start()
	if err := instance.Err(); err != nil {
		return nil, fmt.Errorf("start echo canceller: %w", errors.Join(err, instance.Close()))
	}
	return c, nil
}

func (c *Canceller) start() {
	const rate, mono = media.SampleRate, 1
	do := func(name string, arguments ...uint32) uint32 { return c.instance.Function(name).Call(arguments...) }
	do(exportConstruct)
	canceller := do(exportCreate, rate, mono, mono)
	do(exportMakeRender, canceller, rate, mono, rate, mono, rate, mono)
	do(exportMakeCapture, canceller, rate, mono, rate, mono, rate, mono)
	render, capture := do(exportRender, canceller), do(exportCapture, canceller)
	c.tune()
	// The samples go straight to where the module would copy them to.
	c.far, c.near = c.instance.Word(do(exportChannels, render)), c.instance.Word(do(exportChannels, capture))
	c.steps = [...]invocation{
		c.step(exportSplit, render),
		c.step(exportAnalyzeRender, canceller),
		c.step(exportAnalyzeCapture, canceller),
		c.step(exportSplit, capture),
		c.step(exportProcess, canceller),
		c.step(exportMerge, capture),
	}
}

func (c *Canceller) step(name string, on uint32) invocation {
	return invocation{c.instance.Function(name), on}
}

// Cancel changes near in place; see voice.Canceller. What it leaves in near is Delay
// samples older than what it found there. It allocates nothing.
func (c *Canceller) Cancel(near, far *voice.Step) error {
	c.instance.Put(c.far, far[:], full)
	c.instance.Put(c.near, near[:], full)
	for i := range c.steps {
		const changed = 0 // no: processCapture asks whether the level of the microphone was changed
		c.steps[i].function.Call(c.steps[i].on, changed)
	}
	c.instance.Get(near[:], c.near, 1.0/full)
	if err := c.instance.Err(); err != nil {
		return fmt.Errorf("cancel echo: %w", err)
	}
	return nil
}

// Close frees the canceller's memory. Cancel is an error after it.
func (c *Canceller) Close() error { return c.instance.Close() }
