package camera

import (
	"testing"
	"time"
	"unsafe"

	"parley/media"
)

func TestVideoIsStampedByTheKernel(t *testing.T) {
	for name, c := range map[string]struct {
		lie func(*v4lBuffer)
		age time.Duration
	}{
		"true":        {func(*v4lBuffer) {}, 20 * time.Millisecond},
		"no clock":    {func(b *v4lBuffer) { b.flags = 0 }, 0},
		"old":         {func(b *v4lBuffer) { b.stamp.Sec -= 60 }, 0},
		"future":      {func(b *v4lBuffer) { b.stamp.Sec += 60 }, 0},
		"far future":  {func(b *v4lBuffer) { b.stamp.Sec = 1 << 62 }, 0},
		"before time": {func(b *v4lBuffer) { b.stamp.Sec = -1 << 63 }, 0},
	} {
		onMachine(t, func(cam *camera) {
			cam.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == takeBuffer {
					c.lie((*v4lBuffer)(arg))
				}
				return nil
			}
		}, func(m *machine, _ *camera) {
			if err := shoot(m, small, 10, func(f *media.Frame) {
				if age := time.Since(f.Captured); age < c.age-time.Microsecond || age > c.age+time.Microsecond {
					t.Errorf("%s: the picture is %v old", name, age)
				}
			}); err != nil {
				t.Error(name, err)
			}
		})
	}
}
