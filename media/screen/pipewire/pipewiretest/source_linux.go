package pipewiretest

// #cgo pkg-config: libpipewire-0.3
// #include <stdlib.h>
// #include "source.h"
import "C"

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"unsafe"
)

// configuration is of a daemon that only passes pictures between programs.
const configuration = `
context.properties = { core.daemon = true core.name = pipewire-0 support.dbus = false }
context.spa-libs = { support.* = support/libspa-support }
context.modules = [
    { name = libpipewire-module-protocol-native }
    { name = libpipewire-module-metadata }
    { name = libpipewire-module-spa-node-factory }
    { name = libpipewire-module-client-node }
    { name = libpipewire-module-access }
    { name = libpipewire-module-link-factory }
]
context.objects = []
`

// Start starts a PipeWire of the test's own, and makes it that of this process.
// It ends with the test, or by what is returned.
func Start(t testing.TB) (end func()) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "test.conf")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PIPEWIRE_RUNTIME_DIR", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("PIPEWIRE_REMOTE", "pipewire-0")
	daemon := exec.Command("pipewire", "-c", file)
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	end = func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	}
	t.Cleanup(end)
	for t.Context().Err() == nil {
		if exec.Command("pw-cli", "info", "0").Run() == nil {
			return end
		}
	}
	return end
}

// Source delivers pictures of one colour, as a desktop delivers its screen.
type Source struct {
	t      testing.TB
	source *C.parley_source
	name   string
	closed bool
}

// NewSource begins to offer pictures. It ends with the test.
func NewSource(t testing.TB, width, height int, redFirst bool) *Source {
	t.Helper()
	s := &Source{t: t, name: "parley-test-source"}
	name := C.CString(s.name)
	defer C.free(unsafe.Pointer(name))
	first := C.int(0)
	if redFirst {
		first = 1
	}
	if s.source = C.parley_source_open(name, C.int(width), C.int(height), first); s.source == nil {
		t.Fatal("the source cannot be opened")
	}
	t.Cleanup(s.Close)
	for s.Node() == ^uint32(0) && t.Context().Err() == nil {
	}
	return s
}

// Node is the source's number at PipeWire.
func (s *Source) Node() uint32 { return uint32(C.parley_source_node(s.source)) }

// Link connects the source with a receiver, as the session manager of a desktop
// does, and waits until pictures can flow.
func (s *Source) Link(receiver string) {
	s.t.Helper()
	for !s.Streaming() && s.t.Context().Err() == nil {
		_ = exec.Command("pw-link", s.name, receiver).Run() // fails until both have ports
	}
}

// Streaming tells whether pictures can flow.
func (s *Source) Streaming() bool { return C.parley_source_streaming(s.source) != 0 }

// Paint delivers a picture of a colour, which is a pixel as it lies in memory,
// the first byte lowest. It is lost where the last one is still on its way.
func (s *Source) Paint(pixel uint32) { C.parley_source_paint(s.source, C.uint32_t(pixel)) }

// Close ends the source. It may be called again.
func (s *Source) Close() {
	if !s.closed {
		s.closed = true
		C.parley_source_close(s.source)
	}
}
