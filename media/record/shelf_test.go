package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/at-wat/ebml-go"

	"parley/media"
)

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

// readAnything reads what need not be a file at all; it must not panic.
func readAnything(data []byte) {
	var f file
	_ = ebml.Unmarshal(bytes.NewReader(data), &f, ebml.WithIgnoreUnknown(true))
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
