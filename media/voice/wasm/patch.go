package wasm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// Patch makes one module faster. Modules for browsers are often compiled small, and
// for processors without vectors: then a few loops take most of their time.
type Patch struct {
	// Sum is the SHA-256 of the module, in hexadecimal: the patch fits no other.
	Sum string
	// Kernels is a module whose functions are put behind those of the module. They call
	// no functions, and use nothing but the memory.
	Kernels []byte
	// Places are written over.
	Places []Place
}

// Place is a run of instructions, by where it is in the file, and what is written over it:
// calls of kernels instead of loops. What is left of the room is filled up.
type Place struct {
	From, To int
	With     []byte
}

// Apply returns the patched module, or the module as it is where it is another.
func (p Patch) Apply(module []byte) []byte {
	sum := sha256.Sum256(module)
	if hex.EncodeToString(sum[:]) != p.Sum {
		return module
	}
	module = slices.Clone(module)
	for _, place := range p.Places {
		room := module[place.From:place.To]
		copy(room, place.With)
		copy(room[len(place.With):], bytes.Repeat([]byte{noOperation}, len(room)-len(place.With)))
	}
	return link(module, p.Kernels)
}

// The sections of a module that functions are spread over, by their numbers in the
// WebAssembly Core Specification 2.0, 5.5.2.
const (
	sectionType     = 1
	sectionFunction = 3
	sectionCode     = 10
)

type section struct {
	id      byte
	content []byte
}

// link returns module with the functions of another behind its own.
func link(module, other []byte) []byte {
	with := map[byte][]byte{}
	for _, s := range sections(other) {
		with[s.id] = slices.Clone(s.content)
	}
	out := slices.Clone(module[:8]) // the magic number and the version
	var types uint64
	for _, s := range sections(module) {
		content := s.content
		switch s.id {
		case sectionType:
			types, _ = binary.Uvarint(content)
			content = join(content, with[s.id])
		case sectionFunction: // a function is the number of its type, and those go on behind the module's
			for i := range with[s.id][1:] {
				with[s.id][1+i] += byte(types)
			}
			content = join(content, with[s.id])
		case sectionCode:
			content = join(content, with[s.id])
		}
		out = append(binary.AppendUvarint(append(out, s.id), uint64(len(content))), content...)
	}
	return out
}

func sections(module []byte) []section {
	var out []section
	for rest := module[8:]; len(rest) > 0; {
		size, width := binary.Uvarint(rest[1:])
		end := 1 + width + int(size)
		out = append(out, section{rest[0], rest[1+width : end]})
		rest = rest[end:]
	}
	return out
}

// join makes one vector of two: each is a count and its entries.
func join(a, b []byte) []byte {
	inA, widthA := binary.Uvarint(a)
	inB, widthB := binary.Uvarint(b)
	return append(append(binary.AppendUvarint(nil, inA+inB), a[widthA:]...), b[widthB:]...)
}
