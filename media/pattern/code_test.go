package pattern

import (
	"image"
	"image/draw"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
)

var captured = time.UnixMilli(1_790_000_123_456)

// frame returns a frame of bars with its code.
func frame(t *testing.T, w, h int, number uint64) *media.Frame {
	t.Helper()
	var pool media.Pool
	f := pool.Get(w, h)
	f.Number, f.Captured = number, captured
	NewBars(w, h).Paint(f)
	return f
}

func TestCodeIsReadBackAtEverySize(t *testing.T) {
	for _, size := range []image.Point{
		{80, 40}, {160, 90}, {161, 91}, {320, 180}, {333, 187}, {640, 360}, {640, 480}, {1280, 720}, {1920, 1080}, {720, 1280},
	} {
		for _, number := range []uint64{0, 1, 0xFFFFFFFF, 0xAAAAAAAA, 1 << 40} {
			f := frame(t, size.X, size.Y, number)
			got, ok := Read(f.Image)
			if want := CodeOf(number, captured); !ok || got != want {
				t.Errorf("%v, frame %#x: read %+v, %v; want %+v", size, number, got, ok, want)
			}
		}
	}
}

func TestCodeIsReadFromRGBA(t *testing.T) {
	f := frame(t, 640, 360, 4711)
	rgba, nrgba := image.NewRGBA(f.Image.Rect), image.NewNRGBA(f.Image.Rect)
	grey := image.NewGray(f.Image.Rect)
	for _, dst := range []draw.Image{rgba, nrgba, grey} {
		draw.Draw(dst, dst.Bounds(), f.Image, image.Point{}, draw.Src)
		if got, ok := Read(dst); !ok || got.Number != 4711 {
			t.Errorf("%T: read %+v, %v", dst, got, ok)
		}
	}
}

func TestCodeIsReadFromAPartOfAPicture(t *testing.T) {
	f := frame(t, 640, 360, 99)
	window := image.NewRGBA(image.Rect(0, 0, 1000, 700))
	tile := image.Rect(123, 77, 123+640, 77+360)
	draw.Draw(window, tile, f.Image, image.Point{}, draw.Src)
	if got, ok := Read(window.SubImage(tile)); !ok || got.Number != 99 {
		t.Errorf("read %+v, %v", got, ok)
	}
	if got, ok := Read(window); ok {
		t.Errorf("read %+v off a picture whose code is elsewhere", got)
	}
}

func TestCodeSurvivesScaling(t *testing.T) {
	f := frame(t, 1280, 720, 0xDEADBEEF)
	for _, size := range []image.Point{{160, 90}, {320, 180}, {317, 179}, {854, 480}, {1920, 1080}, {1281, 719}} {
		if got, ok := Read(scaled(f.Image, size)); !ok || got.Number != 0xDEADBEEF {
			t.Errorf("scaled to %v: read %+v, %v", size, got, ok)
		}
	}
}

// scaled returns the luma of src at another size, nearest neighbour.
func scaled(src *image.YCbCr, size image.Point) *image.YCbCr {
	dst := newPicture(size.X, size.Y)
	for y := range size.Y {
		for x := range size.X {
			sx, sy := x*src.Rect.Dx()/size.X, y*src.Rect.Dy()/size.Y
			dst.Y[dst.YOffset(x, y)] = src.Y[src.YOffset(sx, sy)]
		}
	}
	return dst
}

func TestCodeSurvivesNoiseAndLevels(t *testing.T) {
	f := frame(t, 320, 180, 12345)
	random := rand.New(rand.NewPCG(1, 2))
	for i, v := range f.Image.Y {
		level := 40 + float64(v)*0.5 + random.NormFloat64()*25
		f.Image.Y[i] = uint8(min(255, max(0, level)))
	}
	if got, ok := Read(f.Image); !ok || got.Number != 12345 {
		t.Errorf("read %+v, %v", got, ok)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	for row := numberRow; row <= checkRow; row++ {
		for i := range codeColumns {
			f := frame(t, 320, 180, 0x12345678)
			flip(f.Image, cells(320, 180, codeColumn+i, row, codeColumn+i+1, row+1))
			if got, ok := Read(f.Image); ok {
				t.Fatalf("row %d bit %d flipped: read %+v", row, i, got)
			}
		}
	}
}

func flip(p *image.YCbCr, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p.Y[p.YOffset(x, y)] = white + black - p.Y[p.YOffset(x, y)]
		}
	}
}

func TestPicturesWithoutACode(t *testing.T) {
	noise := image.NewRGBA(image.Rect(0, 0, 320, 180))
	random := rand.New(rand.NewPCG(3, 4))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(random.UintN(256))
	}
	for name, picture := range map[string]image.Image{
		"empty":     image.NewRGBA(image.Rectangle{}),
		"tiny":      newPicture(MinWidth-1, MinHeight),
		"black":     newPicture(320, 180),
		"noise":     noise,
		"off still": stillFrame(320, 180).Image,
	} {
		if got, ok := Read(picture); ok {
			t.Errorf("%s: read %+v", name, got)
		}
	}
}

func TestWriteLeavesTinyPicturesAlone(t *testing.T) {
	p := newPicture(MinWidth-2, MinHeight)
	Write(p, Code{1, 2})
	for _, v := range p.Y {
		if v != 0 {
			t.Fatal("a picture that is too small was written to")
		}
	}
}

// The layout is read by JavaScript in the browser tests, so it must not move.
func TestLayoutIsAsDocumented(t *testing.T) {
	if got := (Code{1, 2}).words(); got != [3]uint32{1, 2, 0xA53C<<16 | 0xBB2D} {
		t.Errorf("words of {1 2} are %#x", got)
	}
	f := frame(t, 400, 200, 1<<31|1)
	for _, c := range []struct {
		x, y int
		want uint8
	}{
		{4*10 + 5, 8*10 + 5, white},  // first bit of the number
		{5*10 + 5, 8*10 + 5, black},  // second
		{35*10 + 5, 8*10 + 5, white}, // last
		{4*10 + 5, 10*10 + 5, white}, // first bit of the marker
		{5*10 + 5, 10*10 + 5, black},
		{3*10 + 5, 9*10 + 5, black}, // margin
		{36*10 + 5, 9*10 + 5, black},
	} {
		if got := f.Image.Y[f.Image.YOffset(c.x, c.y)]; got != c.want {
			t.Errorf("luma at (%d, %d) is %d, want %d", c.x, c.y, got, c.want)
		}
	}
}

func TestAge(t *testing.T) {
	c := CodeOf(0, captured)
	for _, d := range []time.Duration{0, 17 * time.Millisecond, -3 * time.Second, 20 * 24 * time.Hour} {
		if got := c.Age(captured.Add(d)); got != d {
			t.Errorf("age after %v is %v", d, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(uint16(320), uint16(180), []byte{0, 255})
	f.Add(uint16(80), uint16(40), []byte{1})
	f.Fuzz(func(_ *testing.T, w, h uint16, tile []byte) {
		p := newPicture(int(w%512), int(h%512))
		for i := range p.Y {
			if len(tile) > 0 {
				p.Y[i] = tile[i%len(tile)]
			}
		}
		Read(p)
	})
}
