package room

import (
	"math"
	"math/rand/v2"

	"parley/media"
)

// vowels are the first three formants of ten vowels in Hz, the men's averages of
// G. E. Peterson and H. L. Barney, "Control Methods Used in a Study of the Vowels",
// JASA 24(2), 1952.
func vowels() [10][3]float64 {
	return [10][3]float64{
		{270, 2290, 3010},
		{390, 1990, 2550},
		{530, 1840, 2480},
		{660, 1720, 2410},
		{730, 1090, 2440},
		{570, 840, 2410},
		{440, 1020, 2240},
		{300, 870, 2240},
		{640, 1190, 2390},
		{490, 1350, 1690},
	}
}

// Talker babbles like a person: glottal pulses through formants that move from
// vowel to vowel, consonants of noise, three to five syllables a second, and
// pauses between phrases. There are no words in it, but what tells speech from
// noise, finds its pitch or takes out its echo works as on speech. Its level is
// about -23 dB of full scale while it talks.
type Talker struct {
	chance *rand.Rand
	pitch  float64 // Hz, the mean
	size   float64 // of formants: shorter throats have higher ones
	throat throat
	hiss   resonance // of a consonant
	phase  float64   // of the glottal period, 0 to 1
	period float64   // a random change of this period
	tone   float64   // Hz, pitch as it glides
	part   part
	left   int // syllables of this phrase
	spoken int // of this phrase
	at     int // sample of the part
}

// part is a stretch of one kind of sound.
type part struct {
	samples       int
	voice, breath float64    // their strengths
	formants      [3]float64 // where the throat goes
	tone          float64    // Hz, where the pitch goes
}

// NewTalker makes a talker. pitch is its mean in Hz, 80 to 300; with 0 the seed
// decides.
func NewTalker(seed uint64, pitch float64) *Talker {
	t := &Talker{chance: rand.New(rand.NewPCG(seed, 0x7461_6c6b))}
	if pitch <= 0 {
		pitch = 95 + 130*t.chance.Float64()
	}
	t.pitch, t.tone = pitch, pitch
	t.size = 1 + 0.17*min(1, max(0, (pitch-110)/100))
	t.throat.to(vowels()[8], t.size, 1)
	return t
}

// Next returns the next sample.
func (t *Talker) Next() float64 {
	if t.at >= t.part.samples {
		t.part, t.at = t.choose(), 0
	}
	if t.at%48 == 0 { // the throat moves within tens of milliseconds
		t.throat.to(t.part.formants, t.size, 0.06)
		t.tone += 0.03 * (t.part.tone - t.tone)
	}
	t.at++
	breath := t.chance.Float64()*2 - 1
	voice := t.throat.pass((t.glottis() + 0.02*breath) * t.part.voice * t.swell())
	return 0.13 * (voice + t.hiss.pass(breath)*t.part.breath*t.swell())
}

// swell fades a part in and out, within 20 ms or a third of it.
func (t *Talker) swell() float64 {
	edge := min(media.SampleRate/50, t.part.samples/3)
	from := min(t.at, t.part.samples-t.at)
	if from >= edge {
		return 1
	}
	return 0.5 - 0.5*math.Cos(math.Pi*float64(from)/float64(edge))
}

// glottis is the derivative of the flow between the vocal cords, after A. E.
// Rosenberg, "Effect of Glottal Pulse Shape on the Quality of Natural Vowels",
// JASA 49(2B), 1971: it opens in 40 % and closes in 16 % of the period.
func (t *Talker) glottis() float64 {
	t.phase += t.tone * (1 + t.period) / media.SampleRate
	if t.phase >= 1 {
		t.phase--
		t.period = 0.01 * t.chance.NormFloat64()
	}
	const opens, closes = 0.4, 0.16
	switch {
	case t.phase < opens:
		return 0.2 * math.Sin(math.Pi*t.phase/opens)
	case t.phase < opens+closes:
		return -math.Sin(math.Pi / 2 * (t.phase - opens) / closes)
	}
	return 0
}

// choose begins the next consonant, vowel or pause.
func (t *Talker) choose() part {
	c := t.chance
	length := func(least, most float64) int {
		return int((least + (most-least)*c.Float64()) * media.SampleRate)
	}
	next := t.part
	switch {
	case t.part.voice == 0 && t.part.breath == 0 && t.left == 0: // a phrase begins
		t.left, t.spoken = 4+c.IntN(9), 0
		return t.consonant(length)
	case t.part.voice == 0: // a vowel follows
		t.left--
		t.spoken++
		next.samples, next.voice, next.breath = length(0.1, 0.2), 0.5+0.5*c.Float64(), 0
		table := vowels()
		next.formants = table[c.IntN(len(table))]
		next.tone = t.pitch * (1.12 - 0.03*float64(t.spoken)) * math.Exp2(0.12*c.NormFloat64())
		return next
	case t.left == 0:
		return part{samples: length(0.25, 0.8), formants: t.part.formants, tone: t.pitch * 1.1}
	}
	return t.consonant(length)
}

// consonant is noise, or the silence of a closed mouth.
func (t *Talker) consonant(length func(least, most float64) int) part {
	next := part{formants: t.part.formants, tone: t.part.tone}
	if next.tone == 0 {
		next.formants, next.tone = vowels()[8], t.pitch
	}
	t.hiss.tune(2000+5000*t.chance.Float64(), 1500)
	if t.chance.IntN(3) == 0 {
		next.samples, next.breath = length(0.03, 0.06), 0.004
		return next
	}
	next.samples, next.breath = length(0.04, 0.1), 0.06+0.12*t.chance.Float64()
	return next
}

// throat is a cascade of four formants.
type throat struct {
	formants [3]float64
	pipes    [4]resonance
}

// to moves the formants by a share of what is missing.
func (t *throat) to(formants [3]float64, size, share float64) {
	bandwidths := [4]float64{70, 100, 140, 250}
	for i, f := range formants {
		t.formants[i] += share * (f*size - t.formants[i])
		t.pipes[i].tune(t.formants[i], bandwidths[i])
	}
	t.pipes[3].tune(3600*size, bandwidths[3])
}

func (t *throat) pass(v float64) float64 {
	low := v
	for i := range t.pipes {
		low = t.pipes[i].pass(low)
	}
	return low + 0.05*v // the higher formants in a lump
}

// resonance is a pair of poles with a gain of 1 at 0 Hz.
type resonance struct{ a, b, c, y1, y2 float64 }

func (r *resonance) tune(frequency, bandwidth float64) {
	radius := math.Exp(-math.Pi * bandwidth / media.SampleRate)
	r.b = 2 * radius * math.Cos(2*math.Pi*frequency/media.SampleRate)
	r.c = -radius * radius
	r.a = 1 - r.b - r.c
}

func (r *resonance) pass(v float64) float64 {
	y := r.a*v + r.b*r.y1 + r.c*r.y2
	r.y1, r.y2 = y, r.y1
	return y
}
