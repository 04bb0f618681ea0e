package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/at-wat/ebml-go"
	"go.uber.org/goleak"

	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a File that takes no more than it has room for.
type memory struct {
	mu     sync.Mutex
	name   string
	data   []byte
	room   int           // 0: any
	stuck  chan struct{} // a write waits for it; nil: none does
	closed bool
}

var errNoSpace = errors.New("no space left on device")

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	if m.stuck != nil {
		<-m.stuck
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	end := int(at) + len(p)
	fits := len(p)
	if m.room > 0 && end > m.room {
		fits = max(0, m.room-int(at))
	}
	if grow := int(at) + fits - len(m.data); grow > 0 {
		m.data = append(m.data, make([]byte, grow)...)
	}
	copy(m.data[at:], p[:fits])
	if fits < len(p) {
		return fits, errNoSpace
	}
	return fits, nil
}

func (m *memory) Truncate(size int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data = m.data[:size]
	return nil
}

func (m *memory) Sync() error  { return nil }
func (m *memory) Close() error { m.closed = true; return nil }
func (m *memory) Name() string { return m.name }

func (m *memory) content() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.data)
}

// shelf has the parts of a recording.
type shelf struct {
	parts []*memory
	room  int
	stuck chan struct{}
	keys  int
	ended []error
	fails error
}

func (s *shelf) options() Options {
	return Options{
		Create: func(extension string, part int) (File, error) {
			if s.fails != nil {
				return nil, s.fails
			}
			m := &memory{name: fmt.Sprintf("%d%s", part, extension), room: s.room, stuck: s.stuck}
			s.parts = append(s.parts, m)
			return m, nil
		},
		Title: "Ann", App: "Parley", Name: func(c media.Channel) string { return fmt.Sprint(c) },
		WantKey: func() { s.keys++ }, Ended: func(err error) { s.ended = append(s.ended, err) },
	}
}

var (
	theirSound   = media.Channel{Kind: media.Audio}
	theirPicture = media.Channel{Kind: media.Video}
	mySound      = media.Channel{Mine: true, Kind: media.Audio}
	myPicture    = media.Channel{Mine: true, Kind: media.Video}
	myScreen     = media.Channel{Mine: true, Kind: media.Video, Screen: true}
)

// opus20 is a packet of 20 ms: SILK, one frame.
var opus20 = []byte{1 << 3, 1, 2, 3}

// sps and pps are parameter sets, as far as anybody looks, and a key frame with them.
var h264Key = []byte{0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 9, 0, 0, 0, 1, 0x68, 5, 0, 0, 1, 0x65, 7, 7}

// feed sends streams in fake time.
type feed struct {
	r     *Recorder
	began time.Time
}

func (f feed) sound(c media.Channel, at time.Duration) {
	f.r.Take(media.Encoded{
		Channel: c, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000,
		Stamp: uint32(at.Microseconds() * 48 / 1000), Arrival: f.began.Add(at),
	})
}

func (f feed) picture(c media.Channel, codec string, at time.Duration, key bool, data []byte) {
	f.r.Take(media.Encoded{
		Channel: c, Codec: codec, Data: data, Key: key, Rate: 90_000, Width: 64, Height: 48,
		Stamp: uint32(at.Microseconds() * 90 / 1000), Arrival: f.began.Add(at),
	})
}

// run lets a call of a length go by in steps of 20 ms.
func (f feed) run(from, to time.Duration, step func(at time.Duration)) {
	for at := from; at < to; at += 20 * time.Millisecond {
		<-time.After(time.Until(f.began.Add(at))) // in synctest's time
		step(at)
	}
}

// file is what is read back.
type file struct {
	EBML    ebmlHeader `ebml:"EBML"`
	Segment struct {
		SeekHead *seekHead `ebml:"SeekHead"`
		Info     info      `ebml:"Info"`
		Tracks   struct {
			Entry []trackEntry `ebml:"TrackEntry"`
		} `ebml:"Tracks"`
		Cluster []struct {
			Timecode    uint64       `ebml:"Timecode"`
			SimpleBlock []ebml.Block `ebml:"SimpleBlock"`
		} `ebml:"Cluster"`
		Cues *struct {
			Point []cuePoint `ebml:"CuePoint"`
		} `ebml:"Cues"`
	} `ebml:"Segment"`
}

func read(t *testing.T, data []byte) file {
	t.Helper()
	var f file
	if err := ebml.Unmarshal(bytes.NewReader(data), &f, ebml.WithIgnoreUnknown(true)); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("reading: %v", err)
	}
	return f
}

// times returns when the blocks of a track are, in milliseconds.
func (f file) times(track uint64) []int {
	var out []int
	for _, c := range f.Segment.Cluster {
		for _, b := range c.SimpleBlock {
			if b.TrackNumber == track {
				out = append(out, int(c.Timecode)+int(b.Timecode))
			}
		}
	}
	return out
}

func (f file) codecs() string {
	var out []string
	for _, e := range f.Segment.Tracks.Entry {
		out = append(out, e.CodecID)
	}
	return strings.Join(out, " ")
}

func TestRecorder_TracksOfTwoPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 5*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.sound(mySound, at)
			if at >= 100*time.Millisecond {
				f.picture(theirPicture, "video/VP8", at, at == 100*time.Millisecond, []byte{1})
			}
			if at >= 3*time.Second { // late
				f.picture(myPicture, "video/VP8", at, at.Truncate(time.Second) == at, []byte{2})
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != 1 || s.parts[0].name != "1.webm" || !s.parts[0].closed || s.keys != 1 {
			t.Fatalf("%d parts, %d wishes for key frames", len(s.parts), s.keys)
		}
		got := read(t, s.parts[0].content())
		if got.EBML.DocType != "webm" || got.codecs() != "V_VP8 A_OPUS A_OPUS V_VP8" {
			t.Errorf("%s: %s", got.EBML.DocType, got.codecs())
		}
		for track, want := range map[uint64][2]int{1: {100, 4980}, 2: {0, 4980}, 3: {0, 4980}, 4: {3000, 4980}} {
			times := got.times(track)
			if n := (want[1]-want[0])/20 + 1; len(times) != n || times[0] != want[0] || times[n-1] != want[1] {
				t.Errorf("track %d: %d blocks from %d to %d", track, len(times), times[0], times[len(times)-1])
			}
		}
		if d := got.Segment.Info.Duration; d != 4980 {
			t.Errorf("length %v", d)
		}
		if got.Segment.SeekHead == nil || got.Segment.Cues == nil || len(got.Segment.Cues.Point) < 3 {
			t.Errorf("nowhere to jump to: %+v", got.Segment.Cues)
		}
		for i, e := range got.Segment.Tracks.Entry {
			if mine := i >= 2; mine == (e.FlagDefault == 1) {
				t.Errorf("track %d: default %d", i+1, e.FlagDefault)
			}
		}
	})
}

func TestRecorder_GapsOfSoundAreFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 4*time.Second, func(at time.Duration) {
			if at < time.Second || at >= 3*time.Second || at == 2*time.Second {
				f.sound(theirSound, at)
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		got := read(t, s.parts[0].content())
		times := got.times(1)
		if len(times) != 200 {
			t.Errorf("%d packets, want 200", len(times))
		}
		for i, at := range times {
			if at != 20*i {
				t.Fatalf("packet %d at %d ms", i, at)
			}
		}
	})
}

func TestRecorder_AnotherCodecIsAnotherPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 6*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			key := at%time.Second == 0
			if at < 3*time.Second {
				f.picture(theirPicture, "video/VP8", at, key, []byte{1})
			} else {
				f.picture(theirPicture, "video/H264", at, key, h264Key)
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != 2 || s.parts[0].name != "1.webm" || s.parts[1].name != "2.mkv" || s.keys != 2 {
			t.Fatalf("%d parts, %d wishes for key frames", len(s.parts), s.keys)
		}
		first, second := read(t, s.parts[0].content()), read(t, s.parts[1].content())
		if first.codecs() != "V_VP8 A_OPUS" || second.codecs() != "V_MPEG4/ISO/AVC A_OPUS" || second.EBML.DocType != "matroska" {
			t.Errorf("%s; %s: %s", first.codecs(), second.EBML.DocType, second.codecs())
		}
		private := second.Segment.Tracks.Entry[0].CodecPrivate
		if want := []byte{1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 5, 0x67, 0x42, 0xc0, 0x1f, 9, 1, 0, 2, 0x68, 5}; !bytes.Equal(private, want) {
			t.Errorf("private data % x", private)
		}
		block := second.Segment.Cluster[0].SimpleBlock[0]
		if want := []byte{0, 0, 0, 5, 0x67, 0x42, 0xc0, 0x1f, 9, 0, 0, 0, 2, 0x68, 5, 0, 0, 0, 3, 0x65, 7, 7}; !bytes.Equal(block.Data[0], want) {
			t.Errorf("block % x", block.Data[0])
		}
		if times := second.times(1); times[0] != 0 {
			t.Errorf("the second part begins at %d", times[0])
		}
	})
}

func TestRecorder_H264InTheBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 2*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.picture(theirPicture, "video/H264", at, at == 100*time.Millisecond, h264Key)
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		if len(s.parts) != 1 || s.parts[0].name != "1.mkv" {
			t.Errorf("%d parts", len(s.parts))
		}
	})
}

// Sound and picture of one moment are at one place, whatever the path and the
// encoders did to them, once the reports of the sender are here.
func TestRecorder_ReportsBringSoundAndPictureTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		theirs := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) // a clock that nobody set
		f.run(0, 4*time.Second, func(at time.Duration) {
			sound := media.Encoded{
				Channel: theirSound, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000,
				Stamp: uint32(at.Microseconds()*48/1000) - 5000, Arrival: f.began.Add(at),
			}
			picture := media.Encoded{ // 150 ms older than the sound that comes with it
				Channel: theirPicture, Codec: "video/VP8", Data: []byte{byte(at / (20 * time.Millisecond))}, Key: true, Rate: 90_000, Width: 1, Height: 1,
				Stamp: uint32(at.Microseconds() * 90 / 1000), Arrival: f.began.Add(at),
			}
			if at > time.Second {
				sound.Moment, picture.Moment = theirs.Add(at), theirs.Add(at-150*time.Millisecond)
			}
			f.r.Take(sound)
			f.r.Take(picture)
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		got := read(t, s.parts[0].content())
		sounds, pictures := got.times(2), got.times(1)
		if last := sounds[len(sounds)-1]; last != 3980 {
			t.Errorf("the last sound is at %d", last)
		}
		if last := pictures[len(pictures)-1]; last < 3829 || last > 3831 {
			t.Errorf("the last picture is at %d", last)
		}
	})
}

func TestRecorder_DriftIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 100*time.Second, func(at time.Duration) { // their clock is 500 millionths slow
			f.r.Take(media.Encoded{
				Channel: theirSound, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000,
				Stamp: uint32(at.Microseconds() * 48 / 1000), Arrival: f.began.Add(at + at/2000),
			})
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		times := read(t, s.parts[0].content()).times(1)
		if last := times[len(times)-1]; last < 100_015 || last > 100_040 {
			t.Errorf("the last packet is at %d ms", last)
		}
	})
}

func TestRecorder_FullDiskLeavesAFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{room: 60_000}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 10*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.picture(theirPicture, "video/VP8", at, at%time.Second == 0, bytes.Repeat([]byte{1}, 200))
		})
		if err := f.r.Close(); !errors.Is(err, errNoSpace) {
			t.Errorf("closing: %v", err)
		}
		if len(s.ended) != 1 || !errors.Is(s.ended[0], errNoSpace) {
			t.Fatalf("told %v", s.ended)
		}
		got := read(t, s.parts[0].content())
		times := got.times(1)
		if d := int(got.Segment.Info.Duration); len(times) < 100 || d-times[len(times)-1] > 40 || !s.parts[0].closed {
			t.Errorf("%d pictures, length %d", len(times), d)
		}
	})
}

func TestRecorder_NoFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fails: errNoSpace}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 3*time.Second, func(at time.Duration) { f.sound(theirSound, at) })
		if err := f.r.Close(); !errors.Is(err, errNoSpace) || len(s.ended) != 1 {
			t.Errorf("closing: %v, told %v", err, s.ended)
		}
	})
}

func TestRecorder_WriteThatBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{stuck: make(chan struct{})}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 15*time.Second, func(at time.Duration) {
			before := time.Now()
			f.sound(theirSound, at)
			if time.Since(before) > 0 {
				t.Error("a packet waited")
			}
		})
		synctest.Wait()
		if len(s.ended) != 1 || !errors.Is(s.ended[0], ErrSlow) {
			t.Fatalf("told %v", s.ended)
		}
		before := time.Now()
		if err := f.r.Close(); !errors.Is(err, ErrSlow) || time.Since(before) != closeLimit {
			t.Errorf("closing: %v after %v", err, time.Since(before))
		}
		close(s.stuck)
		<-f.r.done
		if got := read(t, s.parts[0].content()); len(got.times(1)) < 40 {
			t.Errorf("%d packets in the file", len(got.times(1)))
		}
	})
}

// Wherever the file ends, what is whole until there can be read, and its head
// knows nearly how long it is.
func TestRecorder_CutAnywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		var cut []byte
		f.run(0, 4*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			if at == 3900*time.Millisecond {
				synctest.Wait()
				cut = s.parts[0].content()
			}
		})
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		got := read(t, cut)
		if n := len(got.times(1)); n < 90 || got.Segment.Info.Duration < 1900 {
			t.Errorf("%d packets, length %v", n, got.Segment.Info.Duration)
		}
		whole := s.parts[0].content()
		for end := 0; end < len(whole); end += 97 {
			var f file
			_ = ebml.Unmarshal(bytes.NewReader(whole[:end]), &f, ebml.WithIgnoreUnknown(true)) // no panic
		}
	})
}

// A key frame that does not come is asked for again.
func TestRecorder_AsksForKeyFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		f := feed{New(s.options()), time.Now()}
		f.run(0, 10*time.Second, func(at time.Duration) {
			f.sound(theirSound, at)
			f.picture(theirPicture, "video/VP8", at, at == 8*time.Second, []byte{1})
		})
		if err := f.r.Close(); err != nil || s.keys != 4 {
			t.Errorf("%v, asked %d times", err, s.keys)
		}
		if n := len(read(t, s.parts[0].content()).times(2)); n != 100 {
			t.Errorf("%d pictures", n)
		}
	})
}

func TestRecorder_NothingCame(t *testing.T) {
	s := &shelf{}
	if err := New(s.options()).Close(); err != nil || len(s.parts) != 0 {
		t.Errorf("%v, %d parts", err, len(s.parts))
	}
}

func TestRecorder_CloseTwice(t *testing.T) {
	s := &shelf{}
	r := New(s.options())
	r.Take(media.Encoded{Channel: theirSound, Codec: "audio/opus", Data: opus20, Key: true, Rate: 48_000, Arrival: time.Now()})
	if err := errors.Join(r.Close(), r.Close()); err != nil || len(s.parts) != 1 {
		t.Errorf("%v, %d parts", err, len(s.parts))
	}
}

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

// An *os.File is a File.
func TestRecorder_RealFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "call.webm")
		s := &shelf{}
		o := s.options()
		o.Create = func(string, int) (File, error) { return os.Create(path) }
		f := feed{New(o), time.Now()}
		f.run(0, 2*time.Second, func(at time.Duration) { f.sound(mySound, at) })
		if err := f.r.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, data); len(got.times(1)) != 100 {
			t.Errorf("%d packets", len(got.times(1)))
		}
	})
}
