package device

// #cgo linux LDFLAGS: -ldl
// #include "beat_linux.h"
import "C"

import (
	"reflect"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// attend lets a speaker that this thread has just opened tell how late it is, where it
// is one of PulseAudio's.
func attend(s *shared) {
	if c := C.parley_connected(); c.stream != nil {
		s.stream, s.ask = uint64(uintptr(c.stream)), uint64(uintptr(c.ask))
	}
}

// steady lets the speakers that are opened with a connection to PulseAudio ask for
// half a period at a time, and reports whether they will. Miniaudio leaves it to
// the server how often that asks, which is twice as often, and every time wakes
// a thread. Nor are microphones and speakers out of step afterwards where we were late.
func steady(c *malgo.AllocatedContext) bool {
	held := reflect.ValueOf(c.Context).Field(0) // malgo does not hand it out
	if held.Type() != reflect.TypeFor[*unsafe.Pointer]() || held.IsNil() {
		return false
	}
	return C.parley_steady_beat(*(*unsafe.Pointer)(held.UnsafePointer())) != 0
}
