package record

import (
	"time"

	"parley/media"
)

// Packets of sound are laid end to end. Where their times say otherwise, by
// jitter of clocks, they are moved by slewStep once in slewPause. A gap of leastGap
// is believed, and so is an overlap of leastOverlap, which costs sound.
const (
	slewStep     = time.Millisecond
	slewPause    = 200 * time.Millisecond
	leastGap     = 15 * time.Millisecond
	leastOverlap = 60 * time.Millisecond
)

// sound writes a packet of sound.
func (m *mux) sound(s *stream, h *held) error {
	length, ok := opusLength(h.Data)
	if !ok {
		return nil // padding, or what is no Opus: filled like what is lost
	}
	at := max(s.lay(h.at), m.began)
	if at < s.end { // its place was filled, or it came twice
		return nil
	}
	if s.begun {
		if err := m.fillStream(s, at); err != nil {
			return err
		}
	}
	s.begun, s.head, s.end = true, h.Data[0], at+length
	return m.part.block(s.number, at-m.began, true, h.Data)
}

// lay returns where a packet goes whose time is at.
func (s *stream) lay(at time.Duration) time.Duration {
	off := at - s.end
	switch {
	case !s.begun, off >= leastGap, off <= -leastOverlap:
		return at
	case off.Abs() < slewStep || s.end < s.slew:
		return s.end
	case off > 0:
		s.slew = s.end + slewPause
		return s.end + slewStep
	}
	s.slew = s.end + slewPause
	s.end -= slewStep
	return s.end
}

// fill fills what is missing of sound before a time, but for what the next packet,
// moved a little, may still take.
func (m *mux) fill(until time.Duration) error {
	for _, s := range m.streams {
		if s.channel.Kind != media.Audio || !s.begun {
			continue
		}
		if err := m.fillStream(s, until-leastGap); err != nil {
			return err
		}
	}
	return nil
}

// fillStream adds empty packets as long as whole ones fit.
func (m *mux) fillStream(s *stream, until time.Duration) error {
	empty, length := emptyOpus(s.head)
	for until-s.end >= length {
		if err := m.part.block(s.number, s.end-m.began, true, empty); err != nil {
			return err
		}
		s.end += length
	}
	return nil
}
