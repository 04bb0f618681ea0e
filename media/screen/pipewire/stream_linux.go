package pipewire

// #cgo CFLAGS: -O2 -I/usr/include/pipewire-0.3 -I/usr/include/spa-0.2 -D_REENTRANT
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "cast.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
	"os"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The errors of this package.
var (
	ErrNoLibrary = errors.New("PipeWire's library is not installed")
	ErrConnect   = errors.New("PipeWire cannot be reached")
	ErrEnded     = errors.New("PipeWire has ended the picture")
)

// Installed returns nil if PipeWire's library can be used, and else ErrNoLibrary.
func Installed() error {
	if C.parley_cast_load() != 0 {
		return ErrNoLibrary
	}
	return nil
}

// Stream receives the pictures of one node. Its methods are called from one
// goroutine.
type Stream struct {
	cast *C.parley_cast
	end  sync.Once
	why  [128]C.char
	got  C.parley_picture
}

// Open begins to receive from a node. remote is a connection to PipeWire, as a
// portal gives, which stays the caller's; nil is the user's own PipeWire. name is
// what others see of us.
func Open(remote *os.File, node uint32, name string) (*Stream, error) {
	if err := Installed(); err != nil {
		return nil, err
	}
	fd := -1
	if remote != nil {
		var err error
		if fd, err = duplicate(remote); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConnect, err)
		}
	}
	s := &Stream{}
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	s.cast = C.parley_cast_open(C.int(fd), C.uint32_t(node), text, &s.why[0], C.size_t(len(s.why)))
	if s.cast == nil {
		return nil, fmt.Errorf("%w: %s", ErrConnect, C.GoString(&s.why[0]))
	}
	return s, nil
}

// duplicate returns a descriptor of our own, since the library closes what it gets.
func duplicate(f *os.File) (fd int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return -1, err
	}
	controlled := raw.Control(func(old uintptr) { fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0) })
	return fd, errors.Join(controlled, err)
}

// Picture is what was received: four bytes a pixel, the last of which means nothing.
type Picture struct {
	Pixels   []byte
	Size     image.Point
	Stride   int  // bytes from row to row
	RedFirst bool // else blue is the first of a pixel
}

// Take shows the newest picture to use, if it is one that was not taken before,
// and reports whether it did. The pixels are valid in use only. The error is
// ErrEnded when no more will come, or what use returns.
func (s *Stream) Take(use func(Picture) error) (bool, error) {
	runtime.LockOSThread() // the lock that is taken belongs to a thread
	defer runtime.UnlockOSThread()
	picture, why := &s.got, &s.why[0]
	got := C.parley_cast_take(s.cast, picture, why, C.size_t(len(s.why)))
	switch {
	case got == 0:
		return false, nil
	case got < 0:
		return false, fmt.Errorf("%w: %s", ErrEnded, C.GoString(why))
	}
	defer C.parley_cast_release(s.cast)
	p := Picture{
		Size: image.Pt(int(s.got.width), int(s.got.height)), Stride: int(s.got.stride), RedFirst: s.got.red_first != 0,
	}
	p.Pixels = unsafe.Slice((*byte)(s.got.pixels), (p.Size.Y-1)*p.Stride+4*p.Size.X)
	return true, use(p)
}

// Close ends the stream. It may be called again.
func (s *Stream) Close() error {
	s.end.Do(func() { C.parley_cast_close(s.cast) })
	return nil
}
