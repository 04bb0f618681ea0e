package playout

// alikeTail is how alike the end of what was played must be to what came a
// period earlier for it to be continued by repeating it.
const alikeTail = 0.5

// mend makes the last n samples begin where what is before them ends: it lets
// that go on for another 5 ms, as it would have by itself, and fades over.
func (s *speech) mend(n int) {
	at := past + s.n - n
	n = min(n, seam)
	if n <= 0 {
		return
	}
	tail := s.tail[:n]
	lag := s.period(at)
	prolong(tail, s.middle[:at], lag)
	alike := resemblance(tail, s.middle[at:at+n])
	s.fader.set(alike)
	s.blend(s.middle[at:at+n], tail)
	if side := s.live(); side != nil {
		prolong(tail, side[:at], lag)
		s.blend(side[at:at+n], tail)
	}
}

// blend fades from tail into to, within their length.
func (s *speech) blend(to, tail []int16) {
	n := len(to)
	for i := range to {
		f := s.fader[i*seam/n]
		to[i] = clip(float32(tail[i])*f.out + float32(to[i])*f.in)
	}
}

// period returns the pitch period of what ends at end.
func (s *speech) period(end int) int {
	here := end - compared
	lag, _ := s.like.search(s.middle[:end], here, shortestLag, min(longestLag, here), false)
	return lag
}

// prolong writes into tail how sound goes on that repeats itself every lag
// samples. Where it does not quite, the step is smoothed.
func prolong(tail, sound []int16, lag int) {
	end := len(sound)
	for i := range tail {
		tail[i] = sound[end-lag+i%lag]
	}
	// The step between the end and its continuation decays within a millisecond.
	step := float32(2*int32(sound[end-1])-int32(sound[end-2])) - float32(tail[0])
	for i := range min(len(tail), 4*int(stepDecay)) {
		tail[i] = clip(float32(tail[i]) + step)
		step *= 1 - 1/stepDecay
	}
}

const stepDecay = float32(48)

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
