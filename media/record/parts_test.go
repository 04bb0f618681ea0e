package record

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/media"
)

// A clock that is set in the middle moves nothing.
func TestTimeline_ClockThatIsSet(t *testing.T) {
	began := time.Now()
	line := newTimeline(began)
	at := func(arrival, moment time.Duration) time.Duration {
		return line.place(&media.Encoded{
			Channel: theirPicture, Rate: 90_000, Stamp: uint32(arrival.Microseconds() * 90 / 1000),
			Arrival: began.Add(arrival), Moment: began.Add(moment),
		})
	}
	if got := at(time.Second, 500*time.Second); got != time.Second {
		t.Errorf("at %v", got)
	}
	if got := at(2*time.Second, 501*time.Second); got != 2*time.Second {
		t.Errorf("at %v", got)
	}
	if got := at(3*time.Second, 900*time.Second); got != 3*time.Second {
		t.Errorf("after the clock was set: at %v", got)
	}
	screen := media.Encoded{Channel: myScreen, Rate: 90_000, Arrival: began.Add(time.Second), Moment: began.Add(time.Second)}
	if got := line.place(&screen); got != time.Second {
		t.Errorf("ours: at %v", got)
	}
}

// A computer that sleeps writes nothing for a while: afterwards the sound of both is
// filled, and every track's times rise.
func TestMux_AfterSleep(t *testing.T) {
	s := &shelf{}
	o := s.options()
	began := time.Now()
	m := &mux{
		line: newTimeline(began), create: o.Create, names: o.Name, wantKey: o.WantKey,
		streams: map[media.Channel]*stream{}, most: mostOfPart,
	}
	var asleep time.Duration
	for at := time.Duration(0); at < 3*time.Second; at += 20 * time.Millisecond {
		if at == time.Second {
			asleep = 200 * time.Second
		}
		for _, c := range []media.Channel{theirPicture, mySound, theirSound} {
			f := media.Encoded{Channel: c, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000, Arrival: began.Add(at + asleep), Moment: began.Add(at + asleep)}
			if c.Kind == media.Video {
				f.Codec, f.Rate, f.Width, f.Height = "video/VP8", 90_000, 64, 48
			}
			f.Stamp = uint32((at + asleep).Microseconds() * int64(f.Rate) / 1e6)
			m.push(&f)
		}
		if err := m.advance(began.Add(at + asleep)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.close(); err != nil {
		t.Fatal(err)
	}
	got := read(t, s.parts[0].content())
	for track := range uint64(3) {
		times := got.times(track + 1)
		if !slices.IsSorted(times) || times[len(times)-1] < 202_000 {
			t.Errorf("track %d ends at %d ms, in order: %v", track+1, times[len(times)-1], slices.IsSorted(times))
		}
	}
}

func TestOpusLength(t *testing.T) {
	for packet, want := range map[string]time.Duration{
		"\x00":     10 * time.Millisecond,
		"\x18\x01": 60 * time.Millisecond,
		"\x09":     40 * time.Millisecond,
		"\xfc":     20 * time.Millisecond,
		"\xe0":     2500 * time.Microsecond,
		"\x68":     20 * time.Millisecond,
		"\xff\x03": 60 * time.Millisecond,
		"\xff\x00": 0,
		"\x1b\x3f": 0,
		"\xff":     0,
		"":         0,
	} {
		got, ok := opusLength([]byte(packet))
		if ok != (want > 0) || ok && got != want {
			t.Errorf("% x: %v, %v", packet, got, ok)
		}
	}
}

func TestAV1Configuration(t *testing.T) {
	// A temporal delimiter and a sequence header of profile 0, level 8.
	unit := []byte{0x12, 0, 0x0a, 5, 0x00, 0x00, 0x00, 0x42, 0x10, 0x32, 1, 9}
	want := []byte{0x81, 0x08, 0x0c, 0, 0x0a, 5, 0x00, 0x00, 0x00, 0x42, 0x10}
	if got := av1Configuration(unit); !bytes.Equal(got, want) {
		t.Errorf("% x", got)
	}
	for _, bad := range [][]byte{nil, {0x12}, {0x0a, 9, 1}, {0x08, 1}, {0x0a, 1, 0}, {0x0e}} {
		if got := av1Configuration(bad); got != nil {
			t.Errorf("% x: % x", bad, got)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(h264Key, "video/H264")
	f.Add(opus20, "audio/opus")
	f.Add([]byte{0x12, 0, 0x0a, 5, 0x00, 0x00, 0x00, 0x42, 0x10, 0x32, 1, 9}, "video/AV1")
	f.Fuzz(func(t *testing.T, data []byte, codec string) {
		s := &shelf{}
		r := New(s.options())
		channel := theirPicture
		if strings.HasPrefix(codec, "audio") {
			channel = theirSound
		}
		for i := range 3 {
			r.Take(media.Encoded{
				Channel: channel, Codec: codec, Data: data, Key: true, Rate: 90_000, Width: 2, Height: 2,
				Stamp: uint32(len(data) * i), Arrival: r.Began().Add(time.Duration(i) * time.Second),
			})
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		for _, p := range s.parts {
			read(t, p.content())
		}
	})
}
