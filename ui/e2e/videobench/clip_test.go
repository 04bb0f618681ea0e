//go:build e2e

package videobench

import (
	"bufio"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/media"
	"parley/media/clip"
	"parley/media/pattern"
)

const (
	frameRate  = 30
	clipFrames = 150
)

// The sizes of pictures that are measured.
func nHD() image.Point    { return image.Pt(640, 360) }
func hd() image.Point     { return image.Pt(1280, 720) }
func fullHD() image.Point { return image.Pt(1920, 1080) }

// footage is a clip in memory: somebody who moves before a room, with a camera's
// grain. Each picture bears its number, as a bar code.
type footage struct {
	size   image.Point
	frames []*media.Frame
}

// shoot makes the clip that everybody sends. It is the same at every run.
func shoot(size image.Point) *footage {
	var pool media.Pool
	grain := rand.New(rand.NewPCG(1, 2))
	noise := make([]int8, 1<<16)
	for i := range noise {
		noise[i] = int8(grain.NormFloat64() * 1.5)
	}
	room := pool.Get(size.X, size.Y)
	paintRoom(room.Image)
	f := &footage{size: size}
	for n := range clipFrames {
		frame := pool.Get(size.X, size.Y)
		copy(frame.Image.Y, room.Image.Y)
		copy(frame.Image.Cb, room.Image.Cb)
		copy(frame.Image.Cr, room.Image.Cr)
		paintHead(frame.Image, 2*math.Pi*float64(n)/clipFrames)
		at := grain.IntN(len(noise))
		for i, v := range frame.Image.Y {
			at = (at + 1) & (len(noise) - 1)
			frame.Image.Y[i] = uint8(int(v) + int(noise[at]))
		}
		pattern.Write(frame.Image, pattern.CodeOf(uint64(n), time.Time{}))
		f.frames = append(f.frames, frame)
	}
	return f
}

// paintRoom paints what stands still: shelves and a wall.
func paintRoom(p *image.YCbCr) {
	scale := float64(p.Rect.Dy()) / 720
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			fx, fy := float64(x)/scale, float64(y)/scale
			v := 90 + 30*math.Sin(fx/160) + 12*math.Sin(fy/9)*math.Sin(fx/13)
			p.Y[y*p.YStride+x] = uint8(v)
		}
	}
	for i := range p.Cb {
		p.Cb[i], p.Cr[i] = 120, 134
	}
}

// paintHead paints what moves: it sways, turns and talks.
func paintHead(p *image.YCbCr, turn float64) {
	width, height := float64(p.Rect.Dx()), float64(p.Rect.Dy())
	scale := height / 720
	cx, cy := width/2+140*scale*math.Sin(turn), height/2+20*scale*math.Sin(3*turn)
	rx, ry := 170*scale, 240*scale
	for y := int(cy - ry); y < int(cy+ry); y++ {
		for x := int(cx - rx); x < int(cx+rx); x++ {
			dx, dy := (float64(x)-cx)/rx, (float64(y)-cy)/ry
			if dx*dx+dy*dy > 1 {
				continue
			}
			v := 150 - 40*dx + 14*math.Sin(18*dx+4*math.Sin(5*turn))*math.Cos(22*dy)
			if mouth := math.Hypot(dx*4, (dy-0.45)*(5+4*math.Sin(40*turn))); mouth < 1 {
				v = 60
			}
			p.Y[y*p.YStride+x] = uint8(v)
			p.Cb[y/2*p.CStride+x/2], p.Cr[y/2*p.CStride+x/2] = 110, 150
		}
	}
}

// write writes the clip as a file, for those who read files.
func (f *footage) write(b *testing.B) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "clip.y4m")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	buffered := bufio.NewWriterSize(file, 1<<20)
	out, err := clip.NewY4MWriter(buffered, clip.Y4M{Width: f.size.X, Height: f.size.Y, Interval: time.Second / frameRate})
	if err != nil {
		b.Fatal(err)
	}
	for _, frame := range f.frames {
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

// number reads which picture of the clip this is.
func number(p *image.YCbCr) (int, bool) {
	code, ok := pattern.Read(p)
	if !ok || code.Number >= clipFrames {
		return 0, false
	}
	return int(code.Number), true
}
