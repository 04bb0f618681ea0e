package aec3

import (
	"crypto/sha256"
	_ "embed" // kernels and shim
	"encoding/hex"
	"slices"
)

//go:embed kernels.wasm
var kernels []byte

//go:embed shim.wasm
var shim []byte

// known is the SHA-256 of the one module that faster knows its way about.
const known = "a2f432546daf1b366d04b4921e1a1cdf0d097da7722fb1d5fe553bed3cadb756"

// faster puts the functions of kernels.wat into the module, and calls to them in
// the place of its hottest loops. WebRTC has such functions of its own for processors whose vectors
// its compiler knows, but this module was compiled small, and for none. Any other
// module is returned as it is.
func faster(module []byte) []byte {
	sum := sha256.Sum256(module)
	if hex.EncodeToString(sum[:]) != known {
		return module
	}
	module = slices.Clone(module)
	for _, p := range places {
		replace(module[p.from:p.to], p.with)
	}
	return link(module, kernels)
}

// Instructions of WebAssembly.
const (
	noOp     = 0x01
	branch   = 0x0c
	call     = 0x10
	get      = 0x20 // a local
	set      = 0x21
	load     = 0x2a // a float
	store    = 0x3a // a byte
	constant = 0x41
	add      = 0x6a
	left     = 0x74 // shift
	extended = 0xfc
	copying  = 0x0a // extended: of memory
)

// The kernels by their numbers, which follow those of the module's 480 functions, as the
// second and third byte of a call.
const (
	dot = 0xe0 + iota
	errorsOf
	adapt
	filter
	multiply
	correlate
	high = 3
)

// places are loops of the module, by where they are in the file, and what stands
// there instead: a call, with what the loop leaves in locals, and a branch to where it ends.
var places = []struct {
	from, to int
	with     []byte
}{
	// aec3::MatchedFilterCore, which is part of function 428. 17 is the filter, 20 the
	// ring, 25 the taps, 4 the start, 16 the last of the ring; 37 the sum, 39 the power.
	{0x19688, 0x196d2, []byte{get, 17, get, 20, get, 25, get, 4, get, 16, call, dot, high, set, 39, set, 37, branch, 1}},
	// The same where errors are kept, at 19. y is what is at 36.
	{0x196f4, 0x19765, []byte{get, 17, get, 20, get, 25, get, 4, get, 16, get, 19, get, 36, load, 2, 0,
		call, errorsOf, high, set, 39, set, 37, branch, 0}},
	// Its adaptation by the rate 37; byte 91 of the frame 7 says that there was one.
	{0x197b3, 0x19802, []byte{get, 17, get, 20, get, 25, get, 4, get, 16, get, 37, call, adapt, high,
		get, 7, constant, 1, store, 0, 91, branch, 1}},
	// AdaptiveFirFilter: function 199 applies a partition, 198 adapts one. 4 and 5 count channels.
	{0x07d82, 0x07e09, []byte{get, 2, get, 18, get, 16, call, multiply, high, get, 4, constant, 1, add, set, 4, branch, 0}},
	{0x07c02, 0x07c89, []byte{get, 14, get, 16, get, 2, call, correlate, high, get, 5, constant, 1, add, set, 5, branch, 0}},
	// ThreeBandFilterBank: function 268 is the filter, from sample 16 on; the loops of "t" and "u"
	// add 160 samples at 4, or 14, times 16, or 18, to those at 10, or behind 1.
	{0x109a6, 0x10a18, []byte{get, 1, get, 2, constant, 2, left, add, get, 0, get, 3, constant, 0xc0, 0, add,
		call, filter, high}},
	{0x251fa, 0x2523a, []byte{get, 10, get, 4, constant, 0xa0, 1, constant, 0, constant, 0x9f, 1, get, 16, call, adapt, high,
		get, 3, constant, 1, add, set, 3, branch, 0}},
	{0x249b3, 0x249f7, []byte{get, 1, constant, 0x80, 5, add, get, 14, constant, 0xa0, 1, constant, 0, constant, 0x9f, 1,
		get, 18, call, adapt, high, get, 2, constant, 1, add, set, 2, branch, 0}},
	// memmove and memcpy, functions 10 and 14, go from byte to byte.
	{0x00b50, 0x00b96, []byte{get, 0, get, 1, get, 2, extended, copying, 0, 0, get, 0}},
	{0x011f9, 0x01228, []byte{get, 0, get, 1, get, 2, extended, copying, 0, 0, get, 0}},
}
