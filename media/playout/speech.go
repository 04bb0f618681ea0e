package playout

import "parley/media"

const (
	rampSamples = seam                        // real sound returns within 5 ms
	keepSamples = media.SampleRate * 3 / 50   // invented sound is kept up for 60 ms,
	fadeSamples = media.SampleRate * 12 / 100 // then fades within 120 ms
)

// speech is a queue of decoded sound with a smoothly changing gain.
type speech struct {
	pcm      [2*longestPacket + stretchable + longestLag]int16
	n        int
	gain     float32 // 0 to 1
	invented int     // samples concealed in a row
}

func (s *speech) len() int { return s.n }

// room returns n samples of space behind the queue.
func (s *speech) room(n int) []int16 { return s.pcm[s.n : s.n+n] }

// voice takes the first n samples of room into the queue as real sound.
func (s *speech) voice(n int) {
	s.invented = 0
	s.append(n, 1.0/rampSamples)
}

// fade takes them as invented sound.
func (s *speech) fade(n int) {
	slope := float32(0)
	if s.invented >= keepSamples {
		slope = -1.0 / fadeSamples
	}
	s.invented += n
	s.append(n, slope)
}

// rest appends n samples of silence.
func (s *speech) rest(n int) {
	clear(s.room(n))
	s.gain = 0
	s.n += n
}

func (s *speech) append(n int, slope float32) {
	if s.gain < 1 || slope < 0 {
		for i, v := range s.pcm[s.n : s.n+n] {
			s.gain = min(max(s.gain+slope, 0), 1)
			s.pcm[s.n+i] = int16(float32(v) * s.gain)
		}
	}
	s.n += n
}

// silent reports whether invented sound has faded away.
func (s *speech) silent() bool { return s.gain == 0 }

// cut removes the first k of the last n samples.
func (s *speech) cut(k, n int) {
	if k > 0 {
		copy(s.pcm[s.n-n:], s.pcm[s.n-n+k:s.n])
		s.n -= k
	}
}

// take moves the oldest samples into out.
func (s *speech) take(out []int16) {
	copy(out, s.pcm[:len(out)])
	copy(s.pcm[:], s.pcm[len(out):s.n])
	s.n -= len(out)
}
