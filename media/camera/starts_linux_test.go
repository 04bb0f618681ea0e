package camera

import (
	"errors"
	"image"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"parley/media"
)

// Devices of which nothing can be had are told apart, and closed.
func TestVideoThatDoesNotStart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(c *camera)
		want   error
	}{
		"in use": {func(c *camera) {
			c.answer = func(request uintptr, _ unsafe.Pointer) error {
				return map[bool]error{true: unix.EBUSY}[request == setFormat]
			}
		}, ErrBusy},
		"in use, told late": {func(c *camera) {
			c.answer = func(request uintptr, _ unsafe.Pointer) error {
				return map[bool]error{true: unix.EBUSY}[request == askBuffers]
			}
		}, ErrBusy},
		"in use, not opened": {func(c *camera) { c.refuse = unix.EBUSY }, ErrBusy},
		"denied":             {func(c *camera) { c.refuse = unix.EACCES }, ErrDenied},
		"gone":               {func(c *camera) { c.refuse = unix.ENODEV }, ErrNoCamera},
		"no node":            {func(c *camera) { c.refuse = unix.ENXIO }, ErrNoCamera},
		"no formats":         {func(c *camera) { c.codes = nil }, ErrNoCamera},
		"no known formats":   {func(c *camera) { c.codes = []uint32{fourCC("H264")} }, ErrNoCamera},
		"no capture":         {func(c *camera) { c.can = v4lCanStream }, ErrNoCamera},
		"only absurd sizes":  {func(c *camera) { c.sizes = []image.Point{{7680, 4320}, {0, 0}, {1 << 31, 1 << 31}} }, ErrNoFormat},
		"silence":            {func(c *camera) { c.ready = func(int) (bool, error) { return false, nil } }, ErrNoPicture},
		"a dead wait":        {func(c *camera) { c.ready = func(int) (bool, error) { return false, unix.EIO } }, ErrNoPicture},
		"garbage only":       {func(c *camera) { c.picture = func(int, v4lPixels) []byte { return []byte{1, 2, 3} } }, ErrNoPicture},
		"no memory": {func(c *camera) {
			c.spans = func(int) ([]byte, error) { return nil, unix.ENOMEM }
		}, unix.ENOMEM},
		"too many buffers": {func(c *camera) {
			c.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == askBuffers && (*v4lRequest)(arg).count > 0 {
					(*v4lRequest)(arg).count = 1 << 30
				}
				return nil
			}
		}, errLie},
		"no buffers": {func(c *camera) {
			c.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == askBuffers {
					(*v4lRequest)(arg).count = 0
				}
				return nil
			}
		}, errLie},
		"buffers of gigabytes": {func(c *camera) {
			c.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == askBuffer {
					(*v4lBuffer)(arg).length = 1<<32 - 1
				}
				return nil
			}
		}, errLie},
		"buffers that are not ours": {func(c *camera) {
			c.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == takeBuffer {
					(*v4lBuffer)(arg).index = 1 << 31
				}
				return nil
			}
		}, ErrNoPicture},
	} {
		t.Run(name, func(t *testing.T) {
			onMachine(t, c.change, func(m *machine, _ *camera) {
				began := time.Now()
				if err := shoot(m, hd, 1, func(*media.Frame) { t.Error("a picture") }); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if took := time.Since(began); took > proofsTime+proofTime+time.Second {
					t.Errorf("known after %v", took)
				}
			})
		})
	}
}
