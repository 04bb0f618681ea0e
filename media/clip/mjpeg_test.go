package clip

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"testing"
)

// still returns a JPEG of this grey.
func still(tb testing.TB, grey uint8) []byte {
	tb.Helper()
	p := image.NewGray(image.Rect(0, 0, 24, 16))
	for i := range p.Pix {
		p.Pix[i] = grey + uint8(i%7) // so that its data has bytes of 0xff
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, p, nil); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// reading is what a file of JPEGs gives, picture by picture.
func reading(t *testing.T, r *MJPEGReader) (pictures [][]byte, faults []error) {
	t.Helper()
	for {
		p, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return pictures, faults
		case err != nil:
			faults = append(faults, err)
		default:
			pictures = append(pictures, bytes.Clone(p))
		}
		if len(pictures)+len(faults) > 100 {
			t.Fatal("there is no end")
		}
	}
}

func TestMJPEG(t *testing.T) {
	a, b, c := still(t, 10), still(t, 120), still(t, 240)
	thumb := slices.Concat(a[:2], []byte{0xff, 0xe1, 0, byte(2 + 9)}, []byte("x\xff\xd8\xff\xd9 y\xff\xd9"), a[2:]) // with a picture in a segment
	filled := slices.Concat(a[:2], []byte{0xff, 0xff, 0xff}, a[2:])
	for name, file := range map[string]struct {
		bytes  []byte
		want   [][]byte
		faults []error
	}{
		"empty":            {},
		"three":            {slices.Concat(a, b, c), [][]byte{a, b, c}, nil},
		"a thumbnail":      {slices.Concat(thumb, b), [][]byte{thumb, b}, nil},
		"fill bytes":       {slices.Concat(filled, b), [][]byte{filled, b}, nil},
		"garbage between":  {slices.Concat(a, []byte("garbage\xff\xd8\xff"), b), [][]byte{a, b}, []error{ErrGarbage, ErrTruncated}},
		"garbage before":   {slices.Concat(make([]byte, 70000), a), [][]byte{a}, []error{ErrGarbage}},
		"garbage behind":   {slices.Concat(a, make([]byte, 5)), [][]byte{a}, nil},
		"cut off":          {slices.Concat(a, b[:len(b)-5]), [][]byte{a}, []error{ErrTruncated}},
		"cut in a segment": {slices.Concat(a, b[:15]), [][]byte{a}, []error{ErrTruncated}},
		"one without end":  {slices.Concat(a[:len(a)-2], b, c), [][]byte{b, c}, []error{ErrTruncated}},
		"no length":        {slices.Concat([]byte{0xff, 0xd8, 0xff, 0xe0, 0, 1}, b), [][]byte{b}, []error{ErrGarbage}},
		"text":             {[]byte("hello"), nil, nil},
	} {
		r := NewMJPEGReader(bytes.NewReader(file.bytes))
		for pass := range 2 {
			pictures, faults := reading(t, r)
			if !slices.EqualFunc(pictures, file.want, bytes.Equal) || !slices.EqualFunc(faults, file.faults, errors.Is) {
				t.Errorf("%s, pass %d: %d pictures of %d, faults %v", name, pass, len(pictures), len(file.want), faults)
			}
			if err := r.Rewind(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A picture that does not end costs no more memory than the longest may.
func TestMJPEGWithoutAnEnd(t *testing.T) {
	head := still(t, 10)
	endless := bytes.NewReader(append(head[:len(head)-2], make([]byte, maxJPEG+1000)...))
	pictures, faults := reading(t, NewMJPEGReader(endless))
	if len(pictures) != 0 || len(faults) != 1 || !errors.Is(faults[0], ErrGarbage) {
		t.Errorf("%d pictures, faults %v", len(pictures), faults)
	}
}

func TestMJPEGAllocatesNothing(t *testing.T) {
	r := NewMJPEGReader(bytes.NewReader(bytes.Repeat(still(t, 10), 300)))
	if n := testing.AllocsPerRun(200, func() {
		if _, err := r.Next(); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

func FuzzMJPEG(f *testing.F) {
	a := still(f, 10)
	f.Add(slices.Concat(a, a))
	f.Add(a[:len(a)-3])
	f.Add([]byte{0xff, 0xd8, 0xff, 0xff, 0xd8, 0xff, 0xd9})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewMJPEGReader(bytes.NewReader(data))
		for sum, reads := 0, 0; ; reads++ {
			p, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if sum += len(p); sum > len(data) || reads > len(data) {
				t.Fatalf("%d bytes of %d after %d reads", sum, len(data), reads)
			}
			if err == nil && (len(p) < 4 || !bytes.HasPrefix(p, []byte{0xff, jpegSOI}) || !bytes.HasSuffix(p, []byte{0xff, jpegEOI})) {
				t.Fatalf("%x is a picture", p)
			}
		}
	})
}
