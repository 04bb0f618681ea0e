package voice

import (
	"math"
	"math/rand/v2"
)

// source makes sound, a step at a time, as floats.
type source interface{ next(out *Step) }

// silence is digital silence.
type silence struct{}

func (silence) next(out *Step) { *out = Step{} }

// resonator is a two-pole filter: one formant.
type resonator struct{ a, b, c, y1, y2 float64 }

func newResonator(frequency, bandwidth float64) resonator {
	r := math.Exp(-math.Pi * bandwidth / sampleRate)
	b := 2 * r * math.Cos(2*math.Pi*frequency/sampleRate)
	return resonator{a: 1 - b + r*r, b: b, c: -r * r}
}

func (r *resonator) run(x float64) float64 {
	y := r.a*x + r.b*r.y1 + r.c*r.y2
	r.y2, r.y1 = r.y1, y
	return y
}

// talker speaks four syllables a second, each a hiss and a vowel whose pitch
// falls, with a pause of 400 ms after every six. Its level is that of its
// syllables.
type talker struct {
	rng      *rand.Rand
	pitch    float64
	formants []resonator
	phase    float64
	at       int // sample
	scale    float64
}

func newTalker(pitch, level float64) *talker {
	t := &talker{rng: rand.New(rand.NewPCG(1, uint64(pitch))), pitch: pitch, scale: 1}
	t.formants = []resonator{newResonator(600, 80), newResonator(1200, 100), newResonator(2500, 160)}
	var sum float64
	var n int
	var s Step
	for range 190 {
		if t.next(&s); t.talking() {
			p := meanSquare(&s)
			sum += float64(p)
			n++
		}
	}
	t.at, t.scale = 0, math.Pow(10, level/20)/math.Sqrt(sum/float64(n))
	return t
}

const (
	syllable = sampleRate / 4
	phrase   = 6*syllable + sampleRate*4/10
)

// talking tells whether the last step held a syllable.
func (t *talker) talking() bool {
	p := (t.at - 240) % phrase
	return p < 6*syllable && p%syllable < syllable*8/10
}

func (t *talker) next(out *Step) {
	for i := range out {
		out[i] = float32(t.sample() * t.scale)
	}
}

func (t *talker) sample() float64 {
	p := t.at % phrase
	s := p % syllable
	t.at++
	x := 0.0
	switch vowel := float64(s-syllable/5) / (syllable * 0.6); {
	case p >= 6*syllable || s >= syllable*8/10:
	case s < syllable/5:
		return t.rng.NormFloat64() * 0.01
	default:
		t.phase += t.pitch * (1.15 - 0.3*vowel) / sampleRate
		if t.phase >= 1 {
			t.phase--
			x = 10 * math.Sin(math.Pi*min(max(vowel, 0), 1))
		}
	}
	y := 0.0
	for i := range t.formants {
		y += t.formants[i].run(x) / float64(i+1)
	}
	return y
}

// hiss is white noise.
type hiss struct {
	rng   *rand.Rand
	level float64
}

func newHiss(level float64) *hiss {
	return &hiss{rand.New(rand.NewPCG(2, 3)), math.Pow(10, level/20)}
}

func (h *hiss) next(out *Step) {
	for i := range out {
		out[i] = float32(h.rng.NormFloat64() * h.level)
	}
}

// fan is noise below some 300 Hz, with a hum.
type fan struct {
	hiss
	one, two float64
	at       int
}

func newFan(level float64) *fan { return &fan{hiss: *newHiss(level + 17)} }

func (f *fan) next(out *Step) {
	f.hiss.next(out)
	for i, v := range out {
		f.one += (float64(v) - f.one) * 0.04
		f.two += (f.one - f.two) * 0.04
		hum := math.Sin(2*math.Pi*120*float64(f.at)/sampleRate) * f.level * 0.05
		out[i] = float32(f.two + hum)
		f.at++
	}
}

// keyboard is somebody who types: clicks with a thump, six a second.
type keyboard struct {
	rng         *rand.Rand
	level       float64
	thump, ring resonator
	at, next_   int
}

func newKeyboard(level float64) *keyboard {
	return &keyboard{
		rng: rand.New(rand.NewPCG(5, 6)), level: math.Pow(10, level/20),
		thump: newResonator(180, 40), ring: newResonator(2800, 200),
	}
}

func (k *keyboard) next(out *Step) {
	for i := range out {
		if k.at >= k.next_ {
			k.next_ = k.at + sampleRate/12 + k.rng.IntN(sampleRate/6)
		}
		var x float64
		if k.next_-k.at < 200 { // the click before the next
			x = k.rng.NormFloat64() * 4
		}
		k.at++
		out[i] = float32((k.thump.run(x)*6 + k.ring.run(x)) * k.level)
	}
}

// mix adds sources.
type mix []source

func (m mix) next(out *Step) {
	var s, sum Step
	for _, each := range m {
		each.next(&s)
		for i, v := range s {
			sum[i] += v
		}
	}
	*out = sum
}

// tone is a sine.
type tone struct {
	frequency, amplitude float64
	at                   int
}

func (s *tone) next(out *Step) {
	for i := range out {
		out[i] = float32(s.amplitude * math.Sin(2*math.Pi*s.frequency*float64(s.at)/sampleRate))
		s.at++
	}
}

// room is a microphone that hears the loudspeaker late and lower, and something
// else.
type room struct {
	far   source
	here  source
	gain  float32
	delay int // steps
	line  []Step
}

// next returns what is played and what is heard.
func (r *room) next(near, far *Step) {
	r.far.next(far)
	r.here.next(near)
	r.line = append(r.line, *far)
	if len(r.line) <= r.delay {
		return
	}
	for i, v := range r.line[0] {
		near[i] += v * r.gain
	}
	r.line = r.line[1:]
}

// stage is a Canceller and a Suppressor that does as it is told.
type stage struct {
	change  func(s *Step)            // nil: nothing
	cancel  func(near, far *Step)    // nil: change
	fail    func(call int) error     // nil: never
	speech  func(step *Step) float32 // nil: it does not tell
	closed  int
	calls   int
	onClose error
}

func (s *stage) work(step *Step) error {
	s.calls++
	if s.change != nil {
		s.change(step)
	}
	if s.fail != nil {
		return s.fail(s.calls)
	}
	return nil
}

func (s *stage) Cancel(near, far *Step) error {
	if s.cancel != nil {
		s.cancel(near, far)
	}
	return s.work(near)
}

func (s *stage) Suppress(step *Step) (float32, error) {
	err := s.work(step)
	if s.speech == nil {
		return unknown, err
	}
	return s.speech(step), err
}

func (s *stage) Close() error {
	s.closed++
	return s.onClose
}

func cancellers(all ...*stage) (out []func() (Canceller, error)) {
	for _, s := range all {
		out = append(out, func() (Canceller, error) { return s, nil })
	}
	return out
}

func suppressors(all ...*stage) (out []func() (Suppressor, error)) {
	for _, s := range all {
		out = append(out, func() (Suppressor, error) { return s, nil })
	}
	return out
}
