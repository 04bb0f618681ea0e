package wasm

import (
	"encoding/binary"
	"slices"
)

const noOperation = 0x01

// Code is instructions one after the other.
func Code(instructions ...[]byte) []byte { return slices.Concat(instructions...) }

// Get pushes locals.
func Get(locals ...byte) []byte { return each(0x20, locals) }

// Set pops locals, in the order given.
func Set(locals ...byte) []byte { return each(0x21, locals) }

func each(operation byte, locals []byte) []byte {
	var out []byte
	for _, local := range locals {
		out = append(out, operation, local)
	}
	return out
}

// Constant pushes an integer that is not negative.
func Constant(value uint32) []byte {
	out := []byte{0x41}
	for ; value >= 0x40; value >>= 7 { // the highest bit of the last byte is the sign
		out = append(out, byte(value)|0x80)
	}
	return append(out, byte(value))
}

// Call calls a function by its number.
func Call(function uint32) []byte { return binary.AppendUvarint([]byte{0x10}, uint64(function)) }

// Branch goes on behind the block, or at the beginning of the loop, that is so many around.
func Branch(around byte) []byte { return []byte{0x0c, around} }

// Loop begins a loop without a result.
func Loop() []byte { return []byte{0x03, 0x40} }

// Add adds two integers.
func Add() []byte { return []byte{0x6a} }

// Words multiplies an integer by 4, the size of a float.
func Words() []byte { return []byte{0x41, 2, 0x74} }

// LoadFloat pops an address and pushes the float there.
func LoadFloat() []byte { return []byte{0x2a, 2, 0} }

// StoreByte pops a byte and an address, and stores the byte so far behind the address.
func StoreByte(offset byte) []byte { return []byte{0x3a, 0, offset} }

// CopyMemory pops a size, from where and to where.
func CopyMemory() []byte { return []byte{0xfc, 0x0a, 0, 0} }
