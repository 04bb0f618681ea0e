//go:build !linux

package device

import "github.com/gen2brain/malgo"

// attend does something on Linux only.
func attend(*shared) {}

// steady does something on Linux only.
func steady(*malgo.AllocatedContext) bool { return false }
