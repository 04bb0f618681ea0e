package rnnoise

import (
	_ "embed" // the kernels

	"parley/media/voice/wasm"
)

//go:embed kernels.wasm
var kernels []byte

// sums is the number of the kernel, which follows those of the module's own functions.
const sums = 40

// faster puts the function of kernels.wat into the module that assets/dsp pins. In
// compute_gru, function 14, each of the three loops over neurons begins with
// loops over what a neuron hears. Instead, one call before the loop hears it for all
// neurons, and the loop reads it. 0 is the layer, 1 the state, 2 the input, 4 the
// neuron, 6 the frame, which has room for the gates "reset" at 512 and "update" at 1024, and 15 the sum.
func faster(module []byte) []byte {
	gate := func(number, at uint32, reset []byte) []byte {
		out := wasm.Code(wasm.Get(6), wasm.Constant(at), wasm.Add())
		return wasm.Code(wasm.Get(0), wasm.Constant(number), wasm.Get(2, 1), reset, out, wasm.Call(sums),
			wasm.Loop(), out, wasm.Get(4), wasm.Words(), wasm.Add(), wasm.LoadFloat(), wasm.Set(15))
	}
	none, reset := wasm.Constant(0), wasm.Code(wasm.Get(6), wasm.Constant(512), wasm.Add())
	return wasm.Patch{
		Sum:     "677147b9248aedc0a00de79dc090d1ecead37c08c8bb773a790da16109d2c487",
		Kernels: kernels,
		Places: []wasm.Place{
			{From: 0xf1a, To: 0xf9a, With: gate(0, 1024, none)},
			{From: 0xfe0, To: 0x1065, With: gate(1, 512, none)},
			{From: 0x10b2, To: 0x1148, With: gate(2, 0, reset)},
		},
	}.Apply(module)
}
