package record

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"parley/media"
)

// holdTime is how long frames are kept until they are written, so that those of all
// streams can be put in order.
const holdTime = time.Second

// maxHeld bounds what is kept in memory, bytes.
const maxHeld = 64 << 20

// mux puts frames in the order of their times, fills what is missing of sound, and
// writes parts. It belongs to one goroutine.
type mux struct {
	line    *timeline
	create  func(extension string, part int) (File, error)
	title   string
	app     string
	names   func(media.Channel) string
	wantKey func() // asks everybody for a key frame

	held    []*held // by their places
	bytes   int
	done    time.Duration // everything before is written
	part    *part
	parts   int
	began   time.Duration // of the part
	asked   time.Duration // when key frames were asked for last
	streams map[media.Channel]*stream
	most    int64      // bytes of a part
	left    chan error // the answer of closing the part before; nil: it is closed
}

// held is a frame that waits for its turn.
type held struct {
	media.Encoded
	at time.Duration
}

// stream is a track that is being written.
type stream struct {
	channel media.Channel
	codec   string
	format  format
	number  uint64
	end     time.Duration // of what is written
	first   *held         // the frame that it begins with, while that waits
	begun   bool          // of sound: something is written
	head    byte          // first of the last packet of sound
	slew    time.Duration // before end is there, no other correction is due
}

func (m *mux) push(f *media.Encoded) {
	h := &held{Encoded: *f, at: m.line.place(f)}
	if h.at < 0 {
		h.at = 0
	}
	i := sort.Search(len(m.held), func(i int) bool { return m.held[i].at > h.at })
	m.held = slices.Insert(m.held, i, h)
	m.bytes += len(h.Data)
}

// advance writes what was captured before now, as far as it can be complete, and
// has the disk keep it.
func (m *mux) advance(now time.Time) error {
	if err := m.writeUntil(now.Sub(m.line.began) - holdTime); err != nil {
		return err
	}
	return m.keep(now)
}

func (m *mux) writeUntil(limit time.Duration) error {
	for len(m.held) > 0 && (m.held[0].at <= limit || m.bytes > maxHeld) {
		h := m.held[0]
		m.held[0] = nil
		m.held = m.held[1:] // before it is written: what waits is what comes after it
		m.bytes -= len(h.Data)
		if err := m.catchUp(h.at); err != nil {
			return err
		}
		if err := m.write(h); err != nil {
			return err
		}
	}
	m.done = max(m.done, limit)
	return m.fill(m.done)
}

// catchUp fills the sound of a time in which nothing was written, as while the computer
// slept, before the first frame after it: all streams together, lest one comes far
// behind another.
func (m *mux) catchUp(at time.Duration) error {
	for at-m.done > holdTime+clusterTime {
		m.done += clusterTime
		if err := m.fill(m.done); err != nil {
			return err
		}
	}
	return nil
}

// write adds a frame to its track.
func (m *mux) write(h *held) error {
	s, err := m.stream(h)
	if err != nil || s == nil {
		return err
	}
	if h.Channel.Kind == media.Audio {
		return m.sound(s, h)
	}
	at := max(h.at, s.end, m.began)
	s.end = at + time.Millisecond // no two pictures of a moment
	return m.part.block(s.number, at-m.began, h.Key, s.format.content(h.Data))
}

// stream returns the track of a frame; nil while it cannot begin: pictures begin
// with a key frame.
func (m *mux) stream(h *held) (*stream, error) {
	s := m.streams[h.Channel]
	if s != nil && s.codec == h.Codec && !m.turns(h) {
		if h == s.first {
			s.first = nil
		}
		if s.first != nil { // what is before it cannot be decoded
			return nil, nil
		}
		return s, nil
	}
	f, entry, ok := m.begins(h)
	if !ok {
		m.ask(h)
		return nil, nil
	}
	before := m.part
	if err := m.room(f, s != nil, h.at); err != nil {
		return nil, err
	}
	if m.part != before {
		return m.enlist(h)
	}
	return m.add(h, f, entry)
}

// askPause is how long a key frame that was asked for is waited for.
const askPause = 2 * time.Second

// ask asks again for a key frame that does not come.
func (m *mux) ask(h *held) {
	if h.Channel.Kind == media.Video && h.at-m.asked >= askPause {
		m.asked = h.at
		m.wantKey()
	}
}

// begins reports whether a track can begin with a frame.
func (m *mux) begins(h *held) (f format, entry trackEntry, ok bool) {
	if f, ok = formatOf(h.Codec); !ok || !h.Key {
		return f, entry, false
	}
	entry, ok = f.describe(&h.Encoded, m.names(h.Channel))
	return f, entry, ok
}

// enlist adds the tracks of a new part that are known by now, for players that show
// the first one only: the other's before ours, pictures before sound, and screens
// last. It returns that of a frame.
func (m *mux) enlist(now *held) (*stream, error) {
	first := map[media.Channel]*held{}
	for _, h := range append([]*held{now}, m.held...) {
		f, _, ok := m.begins(h)
		if ok && first[h.Channel] == nil && h.at >= now.at && (f.webm || m.part.kind == matroska) {
			first[h.Channel] = h
		}
	}
	order := slices.SortedFunc(maps.Keys(first), func(a, b media.Channel) int { return rank(a) - rank(b) })
	for _, channel := range order {
		h := first[channel]
		f, entry, _ := m.begins(h)
		s, err := m.add(h, f, entry)
		if err != nil {
			return nil, err
		}
		if h != now {
			s.first = h
		}
	}
	return m.streams[now.Channel], nil
}

func rank(c media.Channel) int {
	n := 0
	for i, last := range []bool{c.Kind == media.Audio, c.Mine, c.Screen} {
		if last {
			n += 1 << i
		}
	}
	return n
}

// add adds the track of a stream that begins with a frame.
func (m *mux) add(h *held, f format, entry trackEntry) (*stream, error) {
	number, err := m.part.addTrack(entry)
	if err != nil {
		return nil, err
	}
	s := &stream{channel: h.Channel, codec: h.Codec, format: f, number: number, end: m.began}
	if h.Channel.Kind == media.Audio {
		s.end = h.at
	}
	m.streams[h.Channel] = s
	return s, nil
}

// room begins a part where there is none that can take a track.
func (m *mux) room(f format, changed bool, at time.Duration) error {
	fits := m.part != nil && (f.webm || m.part.kind == matroska)
	if fits && !changed {
		return nil
	}
	first := m.part == nil
	if err := m.finish(); err != nil {
		return err
	}
	kind := webm
	if !f.webm || m.awaits(matroska) {
		kind = matroska
	}
	file, err := m.create(kind.extension(), m.parts+1)
	if err != nil {
		return fmt.Errorf("record: begin a file: %w", err)
	}
	p, err := newPart(file, kind, m.line.began.Add(at), m.title, m.app)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	m.part = p
	m.parts++
	m.began = at
	if first && m.parts == 1 {
		m.began = 0
	} else {
		m.asked = at
		m.wantKey() // the other streams begin anew, too
	}
	return nil
}

// awaits reports whether a frame that waits needs this kind of file.
func (m *mux) awaits(kind container) bool {
	return slices.ContainsFunc(m.held, func(h *held) bool {
		f, known := formatOf(h.Codec)
		return known && f.webm == (kind == webm)
	})
}

// finish ends the part. Its file is closed while the next one is written.
func (m *mux) finish() error {
	if m.part == nil {
		return nil
	}
	err := errors.Join(m.settle(), m.part.finish())
	m.left = m.part.leave()
	m.part, m.streams = nil, map[media.Channel]*stream{}
	return err
}

// settle waits until the part before is closed.
func (m *mux) settle() error {
	if m.left == nil {
		return nil
	}
	err := <-m.left
	m.left = nil
	return err
}

// close writes everything and ends the last part.
func (m *mux) close() error {
	var err error
	if len(m.held) > 0 {
		err = m.writeUntil(m.held[len(m.held)-1].at)
	}
	return errors.Join(err, m.stop())
}

// stop ends the last part as it is.
func (m *mux) stop() error { return errors.Join(m.finish(), m.settle()) }
