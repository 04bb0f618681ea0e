package aec3

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The sections of a WebAssembly module that functions are spread over.
const (
	sectionType     = 1
	sectionFunction = 3
	sectionCode     = 10
)

type section struct {
	id      byte
	content []byte
}

// link returns module with the functions of another behind its own. Those must call no
// functions, and import nothing but the memory. Both are known to be well-formed.
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

// replace writes instructions over others, and fills up with some that do nothing.
func replace(over, with []byte) {
	copy(over, with)
	copy(over[len(with):], bytes.Repeat([]byte{noOp}, len(over)-len(with)))
}
