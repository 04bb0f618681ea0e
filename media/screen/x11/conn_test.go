package x11

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func le(words ...uint32) (b []byte) {
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

// setupBody is the greeting of a server with one screen of 640 by 480 and pixels
// as they are everywhere.
func setupBody() []byte {
	b := le(12101003, 0x200000, 0x1fffff, 0)
	b = append(b, 3, 0, 0xff, 0xff, 1, 1, 0, 0, 32, 32, 8, 255, 0, 0, 0, 0) // a vendor of three letters; one root, one format
	b = append(b, "abc\x00"...)
	b = append(b, 24, 32, 32, 0, 0, 0, 0, 0)
	b = append(b, le(0x123, 1, 0xffffff, 0, 0, 640|480<<16, 160|120<<16, 1|1<<16, 0x21)...)
	b = append(b, 0, 0, 24, 1)             // of depth 24, one depth
	b = append(b, 24, 0, 1, 0, 0, 0, 0, 0) // with one visual
	return append(b, le(0x21, 4|8<<8, 0xff0000, 0xff00, 0xff, 0)...)
}

func TestParseSetup(t *testing.T) {
	s, err := parseSetup(setupBody(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Root != 0x123 || s.Size != image.Pt(640, 480) || s.Depth != 24 || !s.PlainPixels(24) || s.PlainPixels(16) || s.PlainPixels(32) {
		t.Errorf("%+v", s)
	}
	if _, err := parseSetup(setupBody(), 1); !errors.Is(err, ErrSetup) {
		t.Errorf("a screen that is not there: %v", err)
	}
	for n := range setupBody() {
		if _, err := parseSetup(setupBody()[:n], 0); !errors.Is(err, ErrSetup) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

func FuzzSetup(f *testing.F) {
	f.Add(setupBody(), byte(0))
	f.Fuzz(func(t *testing.T, body []byte, screen byte) {
		if s, err := parseSetup(body, int(screen)); err == nil && s.Root == 0 {
			t.Error("there is no root")
		}
	})
}

// server plays an X server that answers each request by what the test says.
type server struct {
	t    *testing.T
	conn net.Conn
	seq  uint16
}

// connect returns a connection to a server without extensions, which then is
// left to play.
func connect(t *testing.T, play func(*server)) *Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s := &server{t: t, conn: theirs}
		s.greet()
		for range 5 { // XFIXES, DAMAGE, Composite, RANDR, MIT-SHM
			s.request()
			s.reply(0, nil, nil)
		}
		play(s)
	}()
	c, err := open(ours, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Close()
		_ = theirs.Close()
		<-done
	})
	return c
}

func (s *server) greet() {
	hello := make([]byte, 12)
	_, err := io.ReadFull(s.conn, hello)
	body := setupBody()
	head := append([]byte{1, 0, 11, 0, 0, 0}, byte(len(body)/4), 0)
	if err == nil {
		_, err = s.conn.Write(append(head, body...))
	}
	if err != nil {
		s.t.Error(err)
	}
}

// request reads one and returns its opcode; 0 when the client has left.
func (s *server) request() byte {
	head := make([]byte, 4)
	if _, err := io.ReadFull(s.conn, head); err != nil {
		return 0
	}
	s.seq++
	if _, err := io.CopyN(io.Discard, s.conn, 4*int64(binary.LittleEndian.Uint16(head[2:]))-4); err != nil {
		return 0
	}
	return head[0]
}

// reply answers the last request.
func (s *server) reply(second byte, head, body []byte) {
	b := []byte{kindReply, second, byte(s.seq), byte(s.seq >> 8)}
	b = append(append(b, le(uint32(len(body)/4))...), head...)
	b = append(b, make([]byte, 32-len(b))...)
	s.write(append(b, body...))
}

func (s *server) write(b []byte) { _, _ = s.conn.Write(b) }

// event and fault make what can come at any time.
func (s *server) event(code byte, words ...uint32) []byte {
	b := append([]byte{code, 0, byte(s.seq), byte(s.seq >> 8)}, le(words...)...)
	return append(b, make([]byte, 32-len(b))...)
}

func (s *server) fault(code, major byte, seq uint16) []byte {
	b := append([]byte{kindError, code, byte(seq), byte(seq >> 8)}, le(7)...)
	return append(append(b, 0, 0, major), make([]byte, 21)...)
}

func TestEventsComeWithAnswers(t *testing.T) {
	c := connect(t, func(s *server) {
		s.request()
		s.write(s.event(codeConfigure|0x80, 1, 2))
		s.write(s.event(codeDestroy, 1, 3))
		s.write(append([]byte{kindGeneric, 1, 0, 0, 1, 0, 0, 0}, make([]byte, 24+4)...)) // longer than others
		s.write(s.event(99))
		s.reply(1, le(0x123, 5, 10|20<<16, 0xfffe|0xffff<<16), nil)
	})
	var heard []Event
	c.OnEvent = func(e Event) { heard = append(heard, e) }
	p, err := c.Pointer(c.Root)
	if want := (Pointer{5, image.Pt(10, 20), image.Pt(-2, -1), true}); err != nil || p != want {
		t.Errorf("%+v, %v", p, err)
	}
	if len(heard) != 2 || heard[0] != (Event{Kind: Configured, ID: 2}) || heard[1] != (Event{Kind: Destroyed, ID: 3}) {
		t.Errorf("heard %+v", heard)
	}
}

func TestErrorsBelongToTheirRequests(t *testing.T) {
	c := connect(t, func(s *server) {
		s.request() // Watch, which comes together with
		s.request() // Geometry
		s.write(s.fault(BadWindow, opChangeWindowAttributes, s.seq-1))
		s.write(s.fault(BadDrawable, opGetGeometry, s.seq))
		s.request()
		s.reply(0, nil, nil)
		s.request()
		s.reply(0, nil, nil)
	})
	c.Watch(7)
	var x *Error
	if _, err := c.Geometry(7); !errors.As(err, &x) || x.Code != BadDrawable || x.Major != opGetGeometry || x.ID != 7 {
		t.Error(err)
	}
	if err := c.Check(); !errors.As(err, &x) || x.Code != BadWindow {
		t.Error(err)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

// A server that says nothing costs its time limit, and no more ever after.
func TestServerThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, func(s *server) { s.request() })
		for range 2 {
			if _, err := c.Geometry(c.Root); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
		}
	})
}

func TestServerThatLies(t *testing.T) {
	for name, play := range map[string]func(*server){
		"an answer that is too long": func(s *server) {
			s.write(append([]byte{kindReply, 0, byte(s.seq), 0}, le(1<<31, 0, 0, 0, 0, 0, 0)...))
		},
		"an answer that ends": func(s *server) {
			s.write(append([]byte{kindReply, 0, byte(s.seq), 0}, le(1000, 0, 0, 0, 0, 0, 0)...))
			_ = s.conn.Close()
		},
		"half an answer": func(s *server) {
			s.write([]byte{kindReply, 0})
			_ = s.conn.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, func(s *server) { s.request(); play(s) })
			if _, _, err := c.Tree(c.Root); err == nil {
				t.Error("it was believed")
			}
			if err := c.Check(); err == nil {
				t.Error("the connection is used")
			}
		})
	}
}

// What an answer counts and what it holds need not agree.
func TestListsThatLie(t *testing.T) {
	c := connect(t, func(s *server) {
		s.request()
		s.reply(32, le(4, 0, 1000), le(1, 2))
		s.request()
		s.reply(0, []byte{0xff, 0xff}, []byte("abcd"))
		s.request()
		s.reply(0, nil, nil)
	})
	if list, err := c.IDs(c.Root, 1); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	if name, err := c.AtomName(1); err != nil || name != "abcd" {
		t.Errorf("%q, %v", name, err)
	}
	if a, err := c.Attributes(1); !errors.Is(err, ErrSetup) {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestRefusalIsTold(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	go func() {
		_, _ = io.ReadFull(theirs, make([]byte, 12))
		_, _ = theirs.Write(append([]byte{0, 5, 11, 0, 0, 0, 2, 0}, "go\naway\n"...))
	}()
	if _, err := open(ours, "", 0); !errors.Is(err, ErrDisplay) {
		t.Error(err)
	}
	ours.Close()
}

func FuzzMonitors(f *testing.F) {
	f.Add(append(le(7, 1|1<<16, 0, 640|480<<16, 100, 100), le(3)...))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, names := parseMonitors(body)
		if len(list) != len(names) || 24*len(list) > len(body) {
			t.Errorf("%d monitors of %d bytes", len(list), len(body))
		}
		for _, m := range list {
			if m.Area.Empty() {
				t.Errorf("%v", m.Area)
			}
		}
	})
}

func FuzzEvents(f *testing.F) {
	f.Add(append([]byte{91, 0, 0, 0}, le(1, 2, 3, 0x7fff7fff, 0xffffffff, 0, 0)...))
	c := &Conn{damage: extension{140, 91}, fixes: extension{141, 87}, randr: extension{142, 89}}
	f.Fuzz(func(t *testing.T, b []byte) {
		clear(c.head[:])
		copy(c.head[:], b)
		if e, known := c.event(); known && e.Kind == Damaged && e.Area.Dx() < 0 {
			t.Errorf("%+v", e)
		}
	})
}
