//go:build e2e

package bench

import (
	"bufio"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/media"
	"parley/media/clip"
)

const (
	width, height = 1280, 720
	frameRate     = 30
	clipFrames    = 150
)

// writeClip writes the clip that everybody encodes: waves that drift over the
// whole picture, with the grain of a camera in poor light. It is harder than a
// talking head and the same at every run.
func writeClip(b *testing.B) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "clip.y4m")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	buffered := bufio.NewWriterSize(file, 1<<20)
	out, err := clip.NewY4MWriter(buffered, clip.Y4M{Width: width, Height: height, Interval: time.Second / frameRate})
	if err != nil {
		b.Fatal(err)
	}
	grain := rand.New(rand.NewPCG(1, 2))
	noise := make([]int8, 1<<16)
	for i := range noise {
		noise[i] = int8(grain.NormFloat64() * 2)
	}
	var pool media.Pool
	frame := pool.Get(width, height)
	for n := range clipFrames {
		paint(frame, float64(n)/frameRate, noise, grain.IntN(len(noise)))
		if err := out.Write(frame.Image); err != nil {
			b.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		b.Fatal(err)
	}
	return path
}

func paint(f *media.Frame, seconds float64, noise []int8, at int) {
	var wave [4096]float64
	for i := range wave {
		wave[i] = math.Sin(2 * math.Pi * float64(i) / float64(len(wave)))
	}
	drift := int(seconds * 600)
	for y := range height {
		row := f.Image.Y[y*f.Image.YStride:][:width]
		for x := range row {
			v := 110 + 45*wave[(x*7+y*3+drift)&4095] + 35*wave[(x*2-y*11-drift/2)&4095]
			at = (at + 1) & (len(noise) - 1)
			row[x] = byte(v) + byte(noise[at])
		}
	}
	for y := range height / 2 {
		for x := range width / 2 {
			f.Image.Cb[y*f.Image.CStride+x] = byte(128 + 40*wave[(x*5+drift)&4095])
			f.Image.Cr[y*f.Image.CStride+x] = byte(128 + 40*wave[(y*9-drift)&4095])
		}
	}
}
