package playout

import "parley/media"

const (
	keepSamples = media.SampleRate * 6 / 100  // invented sound is kept up for 60 ms,
	fadeSamples = media.SampleRate * 12 / 100 // then gives way to noise within 120 ms

	past = longestLag + compared // samples that are kept when played, 25 ms
	// What is waiting can be: what stretching looks at, the longest packet
	// behind it, and a period put in.
	waiting = ahead + longestPacket + 2*longestLag
	// ahead is how far decoding may go ahead of playing, to stretch.
	ahead = media.StepSamples + longestLag + compared
)

// speech is a queue of decoded sound, behind what was just played. It sees to it
// that nothing jumps where pieces meet that do not belong together.
type speech struct {
	middle  [past + waiting]int16
	side    []int16                  // likewise, in stereo
	decoded [2 * longestPacket]int16 // interleaved, in stereo
	second  int                      // samples of side, from its start, that may not be zero
	n       int                      // samples that wait
	kept    float32                  // share of the invented sound that is not noise, 1 to 0
	invent  int                      // samples invented in a row
	torn    bool                     // what comes next does not continue what is there
	tail    [seam + longestLag]int16 // scratch
	noise   [longestPacket / 2]int16 // scratch
	like    likeness
	fader   fader
}

func newSpeech(channels int) *speech {
	s := &speech{kept: 1}
	if channels == 2 {
		s.side = make([]int16, len(s.middle))
	}
	return s
}

func (s *speech) len() int { return s.n }

func (s *speech) stereo() bool { return s.side != nil }

// room returns space for n samples per channel, for a decoder.
func (s *speech) room(n int) []int16 {
	if s.stereo() {
		return s.decoded[:2*n]
	}
	return s.middle[past+s.n : past+s.n+n]
}

// append takes n samples per channel from room into the queue.
func (s *speech) append(n int) {
	if s.stereo() {
		s.split(n)
	}
	s.n += n
}

// split turns left and right into middle and side.
func (s *speech) split(n int) {
	from := past + s.n
	middle, pairs := s.middle[from:from+n], s.decoded[:2*n]
	differ := int16(0)
	for i := range middle {
		l, r := int32(pairs[2*i]), int32(pairs[2*i+1])
		middle[i] = int16((l + r) >> 1)
		differ |= int16(l ^ r)
	}
	if differ == 0 && s.second == 0 {
		return
	}
	if s.second < from {
		clear(s.side[s.second:from])
	}
	side := s.side[from : from+n]
	for i := range side {
		side[i] = int16((int32(pairs[2*i]) - int32(pairs[2*i+1])) >> 1)
	}
	s.second = from + n
}

// live returns the side channel as far as the queue goes, or nothing while it
// is silent.
func (s *speech) live() []int16 {
	if s.second == 0 {
		return nil
	}
	end := past + s.n
	if s.second < end {
		clear(s.side[s.second:end])
		s.second = end
	}
	return s.side[:end]
}

// voice takes n samples per channel from room into the queue as real sound, and
// returns how many it put in before them.
func (s *speech) voice(n int) (inserted int) {
	s.append(n)
	if s.torn || s.kept < 1 {
		inserted = s.fuse(n, s.kept > 0)
	}
	s.torn, s.kept, s.invent = false, 1, 0
	return inserted
}

// voiceBehind is voice without the first k of the samples.
func (s *speech) voiceBehind(n, k int) (inserted int) {
	if k == 0 {
		return s.voice(n)
	}
	s.append(n)
	s.cut(k, n)
	s.mend(n - k)
	s.torn, s.kept, s.invent = false, 1, 0
	return 0
}

// hush takes them as the decoder's own background noise.
func (s *speech) hush(n int) {
	s.append(n)
	if s.torn {
		s.mend(n)
	}
	s.torn, s.kept, s.invent = false, 1, s.invent+n
}

// fade takes up to a step of them as invented sound, which gives way to noise after a while.
func (s *speech) fade(n int, g *noise) {
	at := past + s.n
	s.append(n)
	s.invent += n
	if s.torn {
		s.mend(n)
		s.torn = false
	}
	if s.invent > keepSamples {
		s.drown(at, n, g)
	}
}

// drown fades n samples at at from what they are to noise.
func (s *speech) drown(at, n int, g *noise) {
	noise := s.noise[:n]
	g.fill(noise)
	side := s.live()
	for i := range noise {
		s.kept = max(s.kept-1.0/fadeSamples, 0)
		v := float32(s.middle[at+i])*s.kept + float32(noise[i])*(1-s.kept*s.kept)
		s.middle[at+i] = clip(v)
		if side != nil {
			side[at+i] = int16(float32(side[at+i]) * s.kept)
		}
	}
}

// rest appends n samples of noise, without sound of the decoder.
func (s *speech) rest(n int, g *noise) {
	at := past + s.n
	g.fill(s.middle[at : at+n])
	s.n += n
	s.live() // extends the side channel by silence
	if s.invent == 0 || s.kept > 0 {
		s.mend(n)
	}
	s.torn, s.kept = true, 0
	s.invent += n
}

// silent reports whether invented sound has given way to noise.
func (s *speech) silent() bool { return s.kept == 0 }

// cut removes the first k of the last n samples.
func (s *speech) cut(k, n int) {
	if k <= 0 {
		return
	}
	end := past + s.n
	copy(s.middle[end-n:], s.middle[end-n+k:end])
	if side := s.live(); side != nil {
		copy(side[end-n:], side[end-n+k:])
	}
	s.n -= k
	s.second = min(s.second, past+s.n)
}

// take moves the oldest samples into middle and, if it is there, side.
func (s *speech) take(middle, side []int16) {
	step := len(middle)
	copy(middle, s.middle[past:past+step])
	copy(s.middle[:], s.middle[step:past+s.n])
	if live := s.live(); live != nil {
		if side != nil {
			copy(side, live[past:])
		}
		copy(live, live[step:])
		s.rememberSide(step)
	}
	s.n -= step
}

// rememberSide notes that the side channel moved by step, and whether anything
// of it is left.
func (s *speech) rememberSide(step int) {
	s.second -= step
	for s.second > 0 && s.side[s.second-1] == 0 {
		s.second--
	}
}
