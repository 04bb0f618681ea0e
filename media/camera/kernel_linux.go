package camera

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel is what there is of V4L2 below this program, so that the tests can put
// devices there that lie.
type kernel struct {
	open func(path string) (node, error)
	now  func() time.Duration // of the clock that stamps pictures
	root string               // of the file system; "" but in tests
}

// node is a device that is open. Its errors are those of errno.
type node interface {
	ioctl(request uintptr, arg unsafe.Pointer) error
	mmap(offset int64, length int) ([]byte, error)
	munmap(buffer []byte) error
	// wait waits until a picture is ready, or there is none within the time.
	wait(most time.Duration) (ready bool, err error)
	close() error
}

// linux returns the kernel that runs.
func linux() kernel { return kernel{open: openNode, now: monotonic} }

func monotonic() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0 // later than no stamp: pictures count as of now
	}
	return time.Duration(t.Nano())
}

// file is a device by its descriptor.
type file int

func openNode(path string) (node, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err == unix.EINTR { //nolint:errorlint // an errno, as it comes
			continue
		}
		if err != nil {
			return nil, err
		}
		return file(fd), nil
	}
}

func (f file) ioctl(request uintptr, arg unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(f), request, uintptr(arg))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

func (f file) mmap(offset int64, length int) ([]byte, error) {
	return unix.Mmap(int(f), offset, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

func (f file) munmap(buffer []byte) error { return unix.Munmap(buffer) }

func (f file) wait(most time.Duration) (bool, error) {
	fds := [1]unix.PollFd{{Fd: int32(f), Events: unix.POLLIN}}
	n, err := unix.Poll(fds[:], int(most.Milliseconds()))
	if err == unix.EINTR { //nolint:errorlint // an errno, as it comes
		return false, nil
	}
	return n > 0, err
}

func (f file) close() error { return unix.Close(int(f)) }
