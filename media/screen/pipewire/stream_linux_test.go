package pipewire

import (
	"errors"
	"image"
	"testing"

	"go.uber.org/goleak"

	"parley/media/screen/pipewire/pipewiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, node uint32) *Stream {
	t.Helper()
	s, err := Open(nil, node, "parley-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// await takes pictures until one has this pixel at its end.
func await(t *testing.T, s *Stream, source *pipewiretest.Source, pixel uint32) (size image.Point, redFirst bool) {
	t.Helper()
	for found := false; !found && t.Context().Err() == nil; {
		source.Paint(pixel)
		_, err := s.Take(func(p Picture) error {
			last := p.Pixels[len(p.Pixels)-4:]
			size, redFirst = p.Size, p.RedFirst
			found = uint32(last[0])|uint32(last[1])<<8|uint32(last[2])<<16 == pixel
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return size, redFirst
}

func TestPicturesAreReceived(t *testing.T) {
	pipewiretest.Start(t)
	for _, redFirst := range []bool{false, true} {
		source := pipewiretest.NewSource(t, 321, 181, redFirst)
		s := open(t, source.Node())
		source.Link("parley-test")
		for _, pixel := range []uint32{0x112233, 0xffeedd} {
			if size, first := await(t, s, source, pixel); size != image.Pt(321, 181) || first != redFirst {
				t.Errorf("%v, red first %v", size, first)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		source.Close()
	}
}

func TestPipeWireThatEnds(t *testing.T) {
	end := pipewiretest.Start(t)
	source := pipewiretest.NewSource(t, 64, 48, false)
	s := open(t, source.Node())
	source.Link("parley-test")
	await(t, s, source, 0x112233)
	end()
	taken := func(Picture) error { return nil }
	for t.Context().Err() == nil {
		if _, err := s.Take(taken); err != nil {
			if !errors.Is(err, ErrEnded) {
				t.Error(err)
			}
			return
		}
	}
}

func TestNoPipeWire(t *testing.T) {
	t.Setenv("PIPEWIRE_RUNTIME_DIR", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if s, err := Open(nil, 1, "parley-test"); !errors.Is(err, ErrConnect) {
		t.Errorf("%v, %v", s, err)
	}
}
