//go:build e2e

package bench

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// limit measures libvpx's own programs on the clip: encoding it with the
// settings of a call, and decoding it again without showing it. Both are given
// the frames as fast as they take them, which favours them. The result is in
// milliseconds of processor time per frame.
func limit(b *testing.B, clip string, kilobits int) (encode, decode float64) {
	b.Helper()
	out := filepath.Join(b.TempDir(), "limit.ivf")
	encode = processorTime(b, "vpxenc", "--codec=vp8", "--ivf", "--rt", "--cpu-used=-6", "--end-usage=cbr", "--lag-in-frames=0",
		"--static-thresh=1", "--threads=1", "--min-q=2", "--max-q=56", "--undershoot-pct=100", "--overshoot-pct=15",
		"--buf-initial-sz=500", "--buf-optimal-sz=600", "--buf-sz=1000", "--kf-max-dist=3000",
		fmt.Sprintf("--target-bitrate=%d", kilobits), "-o", out, clip) / clipFrames
	decode = processorTime(b, "vpxdec", "--noblit", "--threads=1", out) / clipFrames
	return encode, decode
}

// processorTime runs a program and returns the milliseconds that it used.
func processorTime(b *testing.B, name string, args ...string) float64 {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return used.Seconds() * 1000
}
