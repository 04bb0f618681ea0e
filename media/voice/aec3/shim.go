package aec3

// The module imports its memory and six functions of its compiler's run-time
// library. shim is the WebAssembly module that supplies them, in binary form
// (WebAssembly Core Specification 2.0, chapter 5):
//
//	(module
//	  (memory (export "a") 256 256)                                  ;; 16 MB, never more
//	  (func (export "b") (param i32 i32 i32) unreachable)            ;; throw an exception
//	  (func (export "c") unreachable)                                ;; abort
//	  (func (export "d") (param i32 i32 i32 i32) (result i32) i32.const 0)      ;; write to a file
//	  (func (export "e") (param i32 i32 i32 i32 i32) (result i32) i32.const 0)  ;; seek in one
//	  (func (export "f") (param i32) (result i32) i32.const 0)       ;; close it
//	  (func (export "g") (param i32) (result i32) i32.const 0))      ;; grow the memory: cannot
//
// There are no files: what the module would print is swallowed. Exceptions are traps.
func shim() []byte {
	trap, zero := []byte{0x00}, []byte{0x41, 0x00}
	functions := []struct {
		parameters, results int
		body                []byte
	}{{3, 0, trap}, {0, 0, trap}, {4, 1, zero}, {5, 1, zero}, {1, 1, zero}, {1, 1, zero}}

	exports := [][]byte{{1, 'a', kindMemory, 0}}
	var types, declared, bodies [][]byte
	for i, f := range functions {
		types = append(types, append(append([]byte{0x60}, integers(f.parameters)...), integers(f.results)...))
		declared = append(declared, []byte{byte(i)})
		bodies = append(bodies, sized(append(append([]byte{0}, f.body...), 0x0b))) // no locals, the body, end
		exports = append(exports, []byte{1, byte('b' + i), kindFunction, byte(i)})
	}
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = append(out, section(1, types...)...)
	out = append(out, section(3, declared...)...)
	out = append(out, section(5, []byte{0x01, 0x80, 0x02, 0x80, 0x02})...) // at least and at most 256 pages
	out = append(out, section(7, exports...)...)
	return append(out, section(10, bodies...)...)
}

const (
	kindFunction = 0x00
	kindMemory   = 0x02
)

// integers is a vector of so many types i32.
func integers(count int) []byte {
	out := []byte{byte(count)}
	for range count {
		out = append(out, 0x7f)
	}
	return out
}

// sized puts the length before. All of ours are below 128, so one byte holds it.
func sized(bytes []byte) []byte { return append([]byte{byte(len(bytes))}, bytes...) }

// section is a vector of entries with its number and length before it.
func section(id byte, entries ...[]byte) []byte {
	content := []byte{byte(len(entries))}
	for _, entry := range entries {
		content = append(content, entry...)
	}
	return append([]byte{id}, sized(content)...)
}
