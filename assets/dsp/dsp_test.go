package dsp

import (
	"bytes"
	"testing"
)

func TestModules_ArePinned(t *testing.T) {
	for name, get := range map[string]func() ([]byte, bool){"aec3.wasm": AEC3, "rnnoise.wasm": RNNoise} {
		code, ok := get()
		if !ok {
			t.Errorf("%s is missing: run packaging/setup.sh, which fetches it", name)
			continue
		}
		if !bytes.HasPrefix(code, []byte("\x00asm")) {
			t.Errorf("%s is no WebAssembly", name)
		}
		code[len(code)/2] ^= 1
		if pinned(name, code) {
			t.Errorf("%s with one bit changed passes for the pinned one", name)
		}
		if again, ok := get(); !ok || bytes.Equal(again, code) {
			t.Errorf("%s: what a caller does to its bytes reaches the next caller", name)
		}
	}
}

func TestModules_UnknownNameIsNotPinned(t *testing.T) {
	if pinned("other.wasm", nil) {
		t.Error("a module that modules.txt does not name is pinned")
	}
	if _, ok := module("README.md"); ok {
		t.Error("a file that is no module is handed out as one")
	}
}
