package aec3

import (
	_ "embed" // kernels and shim

	"parley/media/voice/wasm"
)

//go:embed kernels.wasm
var kernels []byte

//go:embed shim.wasm
var shim []byte

// The kernels by their numbers, which follow those of the module's own functions.
const (
	dot = 480 + iota
	errorsOf
	adapt
	filter
	multiply
	correlate
)

// faster puts the functions of kernels.wat into the module that assets/dsp pins, and
// calls to them in the place of its hottest loops. WebRTC has such functions of its
// own for processors whose vectors its compiler knows. Each place ends with what
// the loop leaves in locals, and a branch to where it would have ended.
func faster(module []byte) []byte {
	const ring, from, last = 20, 4, 16 // locals of function 428
	hear := wasm.Get(17, ring, 25, from, last)
	next := func(channel byte) []byte {
		return wasm.Code(wasm.Get(channel), wasm.Constant(1), wasm.Add(), wasm.Set(channel), wasm.Branch(0))
	}
	band := wasm.Code(wasm.Constant(160), wasm.Constant(0), wasm.Constant(159)) // all samples of a band
	move := wasm.Code(wasm.Get(0, 1, 2), wasm.CopyMemory(), wasm.Get(0))
	return wasm.Patch{
		Sum:     "a2f432546daf1b366d04b4921e1a1cdf0d097da7722fb1d5fe553bed3cadb756",
		Kernels: kernels,
		Places: []wasm.Place{
			// aec3::MatchedFilterCore, which is a part of function 428: the filter 17 of 25 taps
			// hears the ring. 37 is the sum, 39 the power.
			{From: 0x19688, To: 0x196d2, With: wasm.Code(hear, wasm.Call(dot), wasm.Set(39, 37), wasm.Branch(1))},
			// The same where the errors are kept, at 19. 36 is where y is.
			{From: 0x196f4, To: 0x19765, With: wasm.Code(hear, wasm.Get(19, 36), wasm.LoadFloat(), wasm.Call(errorsOf),
				wasm.Set(39, 37), wasm.Branch(0))},
			// It adapts by the rate 37. Byte 91 of the frame 7 says that it did.
			{From: 0x197b3, To: 0x19802, With: wasm.Code(hear, wasm.Get(37), wasm.Call(adapt),
				wasm.Get(7), wasm.Constant(1), wasm.StoreByte(91), wasm.Branch(1))},
			// AdaptiveFirFilter: functions 199 and 198 apply and adapt a partition.
			{From: 0x07d82, To: 0x07e09, With: wasm.Code(wasm.Get(2, 18, 16), wasm.Call(multiply), next(4))},
			{From: 0x07c02, To: 0x07c89, With: wasm.Code(wasm.Get(14, 16, 2), wasm.Call(correlate), next(5))},
			// ThreeBandFilterBank: function 268 filters, from the sixteenth sample on, and "t"
			// and "u" add a band to another.
			{From: 0x109a6, To: 0x10a18, With: wasm.Code(wasm.Get(1, 2), wasm.Words(), wasm.Add(), wasm.Get(0, 3),
				wasm.Constant(64), wasm.Add(), wasm.Call(filter))},
			{From: 0x251fa, To: 0x2523a, With: wasm.Code(wasm.Get(10, 4), band, wasm.Get(16), wasm.Call(adapt), next(3))},
			{From: 0x249b3, To: 0x249f7, With: wasm.Code(wasm.Get(1), wasm.Constant(640), wasm.Add(), wasm.Get(14), band,
				wasm.Get(18), wasm.Call(adapt), next(2))},
			// memmove and memcpy, functions 10 and 14, go from byte to byte.
			{From: 0x00b50, To: 0x00b96, With: move},
			{From: 0x011f9, To: 0x01228, With: move},
		},
	}.Apply(module)
}
