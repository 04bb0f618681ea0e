// Package wasm runs the WebAssembly modules that process sound, without C: a
// Program is compiled to machine code once, and each Instance of it has a memory
// of its own. It imports wazero and nothing of this module.
package wasm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// MemoryPages bounds the memory of an instance, in pages of 64 kB: 16 MB, of which
// only what is touched becomes real. A module that asks for more does not get it.
const MemoryPages = 256

// ErrClosed says that an instance was used after its Close.
var ErrClosed = errors.New("closed")

// Host is a function of ours that a module may call. stack holds its arguments,
// and takes its result; memory is the calling module's.
type Host struct {
	Name              string
	Arguments, Result int // how many 32-bit integers it takes, and returns: 0 or 1
	Run               func(memory api.Memory, stack []uint64)
}

// Library is what a module imports: functions of ours, or a module in binary form.
// All imports of the modules we run come from one, under one name.
type Library struct {
	Name  string
	Hosts []Host
	Code  []byte // used instead of Hosts where there is one
}

// Program is a compiled module with its library. Its methods may be used from any goroutine.
type Program struct {
	runtime         wazero.Runtime
	module, library wazero.CompiledModule
	name            string
}

// Compile translates code for the processor at hand, which takes some 100 ms of its
// time. It is an error if there is no compiler for that processor: an interpreter
// would be a hundred times too slow for sound.
func Compile(ctx context.Context, code []byte, library Library) (program *Program, err error) {
	// wazero panics where it knows no processor or may not make memory executable.
	defer func() {
		if cause := recover(); cause != nil {
			program, err = nil, fmt.Errorf("compile WebAssembly: %v", cause)
		}
	}()
	config := wazero.NewRuntimeConfigCompiler().WithMemoryLimitPages(MemoryPages).WithDebugInfoEnabled(false)
	p := &Program{runtime: wazero.NewRuntimeWithConfig(ctx, config), name: library.Name}
	if p.library, err = p.compileLibrary(ctx, library); err == nil {
		p.module, err = p.runtime.CompileModule(ctx, code)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("compile WebAssembly: %w", err), p.Close())
	}
	return p, nil
}

func (p *Program) compileLibrary(ctx context.Context, library Library) (wazero.CompiledModule, error) {
	if library.Code != nil {
		return p.runtime.CompileModule(ctx, library.Code)
	}
	builder := p.runtime.NewHostModuleBuilder(library.Name)
	for _, host := range library.Hosts {
		run := api.GoModuleFunc(func(_ context.Context, caller api.Module, stack []uint64) { host.Run(caller.Memory(), stack) })
		builder.NewFunctionBuilder().WithGoModuleFunction(run, integers(host.Arguments), integers(host.Result)).Export(host.Name)
	}
	return builder.Compile(ctx)
}

func integers(count int) []api.ValueType {
	out := make([]api.ValueType, count)
	for i := range out {
		out[i] = api.ValueTypeI32
	}
	return out
}

// Close frees the program and all its instances.
func (p *Program) Close() error { return p.runtime.Close(context.Background()) }

// Instance is a running copy of a program. It is used from one goroutine.
type Instance struct {
	module, library api.Module
	memory          api.Memory
	err             error
	stack           [8]uint64
}

// Instance starts a copy of the program. memory names the export that holds its
// memory: of the library where that has one, else of the module.
func (p *Program) Instance(ctx context.Context, memory string) (*Instance, error) {
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	library, err := p.runtime.InstantiateModule(ctx, p.library, config)
	if err != nil {
		return nil, fmt.Errorf("start WebAssembly library: %w", err)
	}
	resolve := func(name string) api.Module {
		if name == p.name {
			return library
		}
		return nil
	}
	module, err := p.runtime.InstantiateModule(experimental.WithImportResolver(ctx, resolve), p.module, config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start WebAssembly module: %w", err), library.Close(ctx))
	}
	i := &Instance{module: module, library: library}
	if i.memory = library.ExportedMemory(memory); i.memory == nil {
		i.memory = module.ExportedMemory(memory)
	}
	if i.memory == nil {
		return nil, errors.Join(fmt.Errorf("start WebAssembly module: no memory %q", memory), i.Close())
	}
	return i, nil
}

// Function is an exported function of an instance.
type Function struct {
	of   *Instance
	call api.Function
	name string
}

// Function finds an export. What is missing shows when it is called.
func (i *Instance) Function(name string) Function {
	return Function{i, i.module.ExportedFunction(name), name}
}

// Call runs the function with up to eight integers and returns its first result, if
// it has one. It allocates nothing. A trap is an error, after which the instance
// is in an unknown state: every later call is the same error.
func (f Function) Call(arguments ...uint32) uint32 {
	i := f.of
	switch {
	case i.err != nil:
		return 0
	case f.call == nil || len(arguments) > len(i.stack):
		i.err = fmt.Errorf("call WebAssembly function %q: no such function", f.name)
		return 0
	}
	for n, argument := range arguments {
		i.stack[n] = uint64(argument)
	}
	if err := f.call.CallWithStack(context.Background(), i.stack[:]); err != nil {
		i.err = fmt.Errorf("call WebAssembly function %q: %w", f.name, err)
		return 0
	}
	return uint32(i.stack[0])
}

// Err returns why the instance is of no use any more, or nil.
func (i *Instance) Err() error { return i.err }

// Word returns the 32-bit integer at an address.
func (i *Instance) Word(address uint32) uint32 {
	word, ok := i.memory.ReadUint32Le(address)
	if !ok && i.err == nil {
		i.err = fmt.Errorf("read WebAssembly memory at %d: out of range", address)
	}
	return word
}

// view returns count 32-bit words at an address. It is asked for anew each time,
// because a memory that grows moves.
func (i *Instance) view(address uint32, count int) []byte {
	if i.err != nil {
		return nil
	}
	bytes, ok := i.memory.Read(address, uint32(4*count))
	if !ok {
		i.err = fmt.Errorf("WebAssembly memory at %d: out of range", address)
	}
	return bytes
}

// Put writes samples, times scale, to an address. Samples are brought into the
// range of -1 to 1, and what is no number becomes 0: a module keeps what it hears for
// seconds, and one sample that is no number would make all that follow none.
func (i *Instance) Put(address uint32, samples []float32, scale float32) {
	to := i.view(address, len(samples))
	if to == nil {
		return
	}
	for n, x := range samples {
		switch {
		case x != x:
			x = 0
		case x > 1:
			x = 1
		case x < -1:
			x = -1
		}
		binary.LittleEndian.PutUint32(to[4*n:], math.Float32bits(x*scale))
	}
}

// Get reads samples, times scale, from an address. If one of them is no number, or
// infinite, the instance has lost its way: that is an error, and samples stay as they were.
func (i *Instance) Get(samples []float32, address uint32, scale float32) {
	from := i.view(address, len(samples))
	if from == nil {
		return
	}
	var lost float32
	for n := range samples {
		lost += sample(from, n) * 0
	}
	if lost != 0 {
		i.err = errors.New("WebAssembly: what came out is no sound")
		return
	}
	for n := range samples {
		samples[n] = sample(from, n) * scale
	}
}

func sample(bytes []byte, n int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*n:]))
}

// Replace writes other words, as many, wherever memory has these next to each other,
// and returns in how many places. It looks through all of the memory, so it is for the start.
func (i *Instance) Replace(these, others []uint32) (places int) {
	from, to := words(these), words(others)
	all := i.view(0, int(i.memory.Size()/4))
	if len(from) == 0 || len(from) != len(to) {
		return 0
	}
	for at := 0; at+len(from) <= len(all); at += 4 {
		if bytes.Equal(all[at:at+len(from)], from) {
			copy(all[at:], to)
			places++
		}
	}
	return places
}

func words(of []uint32) []byte {
	out := make([]byte, 0, 4*len(of))
	for _, w := range of {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	return out
}

// Close frees the memory of the instance. Calls after it are errors.
func (i *Instance) Close() error {
	if errors.Is(i.err, ErrClosed) {
		return nil
	}
	i.err = ErrClosed
	return errors.Join(i.module.Close(context.Background()), i.library.Close(context.Background()))
}
