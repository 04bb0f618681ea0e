package playout

// stepDecay is the number of samples within which a step decays to 1/e.
const stepDecay = float32(48)

const (
	// voicedAlike is how alike two pitch periods of voiced sound are.
	voicedAlike = 0.7
	// fuseGain is how much more alike two sides must be for sound to be put in.
	fuseGain = 0.2
)

// mend makes the last n samples begin where what is before them ends: it lets
// that go on for another 5 ms, as it would have by itself, and fades over.
func (s *speech) mend(n int) { s.fuse(n, false) }

// fuse is mend, and returns how many samples it put in: where both sides are
// voiced what is there may go on for up to a pitch period, until it is in step
// with what follows.
func (s *speech) fuse(n int, voiced bool) (inserted int) {
	at := past + s.n - n
	length := min(n, seam)
	if length <= 0 {
		return 0
	}
	lag, alike := s.period(at)
	tail := s.tail[:length]
	if voiced && length == seam && alike >= voicedAlike {
		tail = s.tail[:seam+lag]
	}
	prolong(tail, s.middle[:at], lag)
	inserted, alike = match(tail, s.middle[at:at+length])
	side := s.live()
	s.n += inserted
	s.fader.set(alike)
	s.weld(s.middle[:past+s.n], at, length, inserted)
	if side != nil {
		s.second = past + s.n
		prolong(tail, side[:at], lag)
		s.weld(s.side[:past+s.n], at, length, inserted)
	}
	return inserted
}

// match returns where in tail, whose end need not be there, it is most like what
// follows, and how alike.
func match(tail, next []int16) (at int, alike float32) {
	alike = resemblance(tail[:len(next)], next)
	best := alike + fuseGain
	for i := 0; i+len(next) <= len(tail); i += 2 {
		if c := resemblance(tail[i:i+len(next)], next); c > best {
			best, alike, at = c, c, i
		}
	}
	return at, alike
}

// weld puts the first samples of the tail into pcm, at at, and fades from there
// into what was there.
func (s *speech) weld(pcm []int16, at, length, inserted int) {
	copy(pcm[at+inserted:], pcm[at:len(pcm)-inserted])
	copy(pcm[at:], s.tail[:inserted])
	s.blend(pcm[at+inserted:at+inserted+length], s.tail[inserted:])
}

// blend fades from tail into to, within their length.
func (s *speech) blend(to, tail []int16) {
	n := len(to)
	for i := range to {
		f := s.fader[i*seam/n]
		to[i] = clip(float32(tail[i])*f.out + float32(to[i])*f.in)
	}
}

// period returns the pitch period of what ends at end, and how alike its last two
// periods are.
func (s *speech) period(end int) (lag int, alike float32) {
	here := end - compared
	return s.like.search(s.middle[:end], here, shortestLag, min(longestLag, here), false)
}

// prolong writes into tail how sound goes on that repeats itself every lag
// samples. Where it does not quite, the step is smoothed.
func prolong(tail, sound []int16, lag int) {
	end := len(sound)
	for i := range tail {
		tail[i] = sound[end-lag+i%lag]
	}
	step := float32(2*int32(sound[end-1])-int32(sound[end-2])) - float32(tail[0])
	for i := range min(len(tail), 4*int(stepDecay)) {
		tail[i] = clip(float32(tail[i]) + step)
		step *= 1 - 1/stepDecay
	}
}

// shorten takes out lag samples where those at the front of the queue are alike
// by that much to those lag later. The queue holds lag+seam samples at least.
func (s *speech) shorten(lag int, alike float32) {
	s.fader.set(alike)
	end := past + s.n
	side := s.live()
	s.skip(s.middle[:end], lag)
	if side != nil {
		s.skip(side, lag)
	}
	s.n -= lag
	s.second = min(s.second, past+s.n)
}

func (s *speech) skip(pcm []int16, lag int) {
	for i, f := range s.fader {
		at := past + i
		pcm[at] = clip(float32(pcm[at])*f.out + float32(pcm[at+lag])*f.in)
	}
	copy(pcm[past+seam:], pcm[past+lag+seam:])
}

// lengthen plays the last lag samples again, before what waits, of which there
// is a seam at least.
func (s *speech) lengthen(lag int, alike float32) {
	s.fader.set(alike)
	side := s.live()
	s.n += lag
	s.repeat(s.middle[:past+s.n], lag)
	if side != nil {
		s.second = past + s.n
		s.repeat(s.side[:past+s.n], lag)
	}
}

func (s *speech) repeat(pcm []int16, lag int) {
	copy(pcm[past+lag:], pcm[past:])
	copy(pcm[past:past+lag], pcm[past-lag:past])
	for i, f := range s.fader {
		at := past + i
		pcm[at] = clip(float32(pcm[at+lag])*f.out + float32(pcm[at])*f.in)
	}
}
