package peer

import (
	"math"
	"time"

	"parley/call/peer/conn"
	"parley/media"
)

// soundPlan is how the next packet of sound is to be made.
type soundPlan struct {
	length   time.Duration // of sound in a packet: 10, 20, 40 or 60 ms
	settings media.AudioSettings
	near     bool // the settings may say so, see nearness
}

// The lengths that a packet can have, and for each the lowest and the usual bit
// rate of voice in it. A short packet is heard sooner, a long one spends less on
// headers. Speech at 40 kbit/s in packets of 10 ms is as good as at 36 kbit/s in
// those of 20 ms (ESTOI, libopus 1.3.1), and below 28 kbit/s much worse.
var packetLengths = [...]struct {
	length       time.Duration
	least, usual int
}{
	{10 * time.Millisecond, 32_000, 40_000},
	{20 * time.Millisecond, 16_000, 40_000},
	{40 * time.Millisecond, 9_000, 32_000},
	{60 * time.Millisecond, leastSoundRate, 24_000},
}

const (
	leastSoundRate = 6_000
	mostSoundRate  = 128_000
	stereoRate     = 96_000 // shared sound of two channels
	sharedMonoRate = 64_000 // and where the receiver wants one

	// packetHeaders is what a packet of sound has beside the sound, in bytes: IPv4
	// 20, UDP 8, RTP 12, header extensions 16, SRTP 10.
	packetHeaders = 66
)

const (
	cleanLoss   = 0.015 // below which a path may have packets of 10 ms; one of a hundred may be chance
	cleanJitter = 20 * time.Millisecond
	overLoss    = 0.10 // from which loss with a queue is taken for too much sound
	lostPath    = 0.35 // from which loss alone is
	queueTrip   = 150 * time.Millisecond
	narrowPath  = 300_000.0              // bit/s, below which there are no packets of 10 ms
	longQueue   = 400 * time.Millisecond // beyond the shortest round trip
	rateFall    = 0.7
	rateRise    = 1.1
	riseAfter   = 3 * time.Second
)

// A change to shorter packets waits until it has been right for a while: at
// first leastPatience, and after every change back twice as long, so that a path
// on the edge does not swing.
const (
	leastPatience = 2 * time.Second
	mostPatience  = time.Minute
)

// soundPolicy decides how sound is sent, by what the receiver wants and reports
// and what encoding costs. It has no clock; time is a parameter. The zero value
// is not ready, see newSoundPolicy.
type soundPolicy struct {
	wishes conn.SoundWishes
	effort effort

	reports   int
	arrivals  arrivals
	loss      float64 // of the path: rises at once, falls slowly
	jitter    time.Duration
	leastTrip time.Duration
	trip      time.Duration // of the path now, 0: unknown
	limit     float64       // bit/s of sound, by what the path seems to bear
	fell      time.Time
	path      float64 // bit/s of the whole path (REMB), 0: unknown
	pathAt    time.Time
	narrow    bool // the path carries little, as far as we can tell
	picture   bool // a picture is sent that can still yield

	rate     float64 // bit/s of sound, as planned last
	length   int     // place in packetLengths
	shorter  time.Time
	patience time.Duration
	swung    time.Time
}

func newSoundPolicy() *soundPolicy {
	return &soundPolicy{limit: mostSoundRate, length: 1, patience: leastPatience, effort: newEffort()}
}

// reported takes a receiver report: the fraction lost and the jitter.
func (p *soundPolicy) reported(fraction float64, jitter time.Duration, now time.Time) {
	p.jitter = jitter
	if p.arrivals.fresh(now) {
		return // which are better: Chromium reports on sound every 5 s only
	}
	p.lose(fraction, now)
}

// arrived takes transport-wide feedback: how many packets came, and how many not.
func (p *soundPolicy) arrived(came, missing int, now time.Time) {
	if fraction, ok := p.arrivals.add(came, missing, now); ok {
		p.lose(fraction, now)
	}
}

// lose takes a fraction lost.
func (p *soundPolicy) lose(fraction float64, now time.Time) {
	p.reports++
	if fraction < p.loss {
		fraction = (3*p.loss + fraction) / 4 // losses come in groups
	}
	if fraction < cleanLoss/4 {
		fraction = 0
	}
	p.loss = fraction
	p.bear(now)
}

// estimated takes the receiver's estimate of the whole path (REMB), in bit/s.
func (p *soundPolicy) estimated(bps float64, now time.Time) {
	if bps > 0 {
		p.path, p.pathAt = bps, now
	}
}

// carries takes what we think ourselves that the whole path carries, in bit/s. It is
// no reason to send less sound, for it may be low because nothing but sound is sent;
// but headers are a waste where there is a picture to send.
func (p *soundPolicy) carries(bps float64) {
	switch {
	case bps < narrowPath:
		p.narrow = true
	case bps > 1.5*narrowPath:
		p.narrow = false
	}
}

// bear lowers the limit when the path seems to carry too much and nobody else can
// yield, and raises it again. Loss alone means little: that of a radio link does
// not go away with less sound.
func (p *soundPolicy) bear(now time.Time) {
	queue := p.queue()
	over := p.loss > overLoss && queue > queueTrip || queue > longQueue || p.loss > lostPath
	switch {
	case over && p.picture:
		// the picture yields before the sound
	case over:
		p.limit = math.Max(leastSoundRate, rateFall*math.Min(p.limit, float64(packetLengths[p.length].usual)))
		p.fell = now
	case now.Sub(p.fell) >= riseAfter:
		p.limit = math.Min(mostSoundRate, p.limit*rateRise)
	}
}

// queue returns how much longer than usual the round trip is.
func (p *soundPolicy) queue() time.Duration {
	if p.trip <= 0 {
		return 0
	}
	if p.leastTrip == 0 || p.trip < p.leastTrip {
		p.leastTrip = p.trip
	}
	p.leastTrip += time.Millisecond // paths change
	return p.trip - p.leastTrip
}

// plan decides about a packet of voice, or of shared sound.
func (p *soundPolicy) plan(shared bool, now time.Time) soundPlan {
	p.settle(p.shortest(now), now)
	chosen := packetLengths[p.length]
	stereo := shared && p.wishes.Stereo
	want := chosen.usual
	switch {
	case stereo:
		want = stereoRate
	case shared:
		want = sharedMonoRate
	}
	rate := math.Min(math.Min(float64(want), p.limit), p.room(chosen.length, now))
	if most := p.wishes.MaxBitrate; most > 0 {
		rate = math.Min(rate, float64(most))
	}
	rate = math.Max(leastSoundRate, math.Floor(rate/1000)*1000)
	p.rate = rate
	return soundPlan{chosen.length, media.AudioSettings{
		Bitrate: int(rate), Loss: p.expectedLoss(), Complexity: p.effort.complexity, Stereo: stereo,
		Continuous: !p.wishes.DTX, Constant: p.wishes.Constant, PlaybackRate: p.wishes.PlaybackRate,
	}, p.length == 0 && p.loss == 0 && !stereo}
}

// wire is what sound takes of the path, in bit/s.
func (p *soundPolicy) wire() float64 { return p.rate + overhead(packetLengths[p.length].length) }

// expectedLoss is what the encoder should prepare for, in percent.
func (p *soundPolicy) expectedLoss() int {
	if !p.wishes.FEC {
		return 0
	}
	return int(math.Round(100 * p.loss))
}

// room is what the path leaves for sound in packets of a length, in bit/s.
func (p *soundPolicy) room(length time.Duration, now time.Time) float64 {
	if p.path == 0 || now.Sub(p.pathAt) >= rembLifetime {
		return math.Inf(1)
	}
	share := p.path
	if p.picture && share < 4*bitrateFloor {
		share /= 2
	}
	return share - overhead(length)
}

// overhead is what the headers of packets of a length take, in bit/s.
func overhead(length time.Duration) float64 { return packetHeaders * 8 / length.Seconds() }

// shortest returns the place of the shortest packet that is right now.
func (p *soundPolicy) shortest(now time.Time) int {
	last := len(packetLengths) - 1
	for last > 0 && p.wishes.MaxPacket > 0 && packetLengths[last].length > p.wishes.MaxPacket {
		last--
	}
	for i := range last {
		l := packetLengths[i]
		if l.length < p.wishes.MinPacket || l.length < p.wishes.Packet || i == 0 && (p.narrow || !p.clean()) {
			continue
		}
		if math.Min(p.limit, p.room(l.length, now)) >= float64(l.least) {
			return i
		}
	}
	return last
}

// clean reports whether the path is known to be good enough for packets of 10 ms.
func (p *soundPolicy) clean() bool {
	return p.reports > 1 && p.loss < cleanLoss && p.jitter < cleanJitter
}

// settle moves to longer packets at once, and to shorter ones with patience.
func (p *soundPolicy) settle(want int, now time.Time) {
	switch {
	case want > p.length:
		if now.Sub(p.swung) > 2*mostPatience {
			p.patience = leastPatience
		}
		p.length, p.shorter, p.swung = want, time.Time{}, now
		p.patience = min(2*p.patience, mostPatience)
	case want == p.length:
		p.shorter = time.Time{}
	case p.shorter.IsZero():
		p.shorter = now
	case now.Sub(p.shorter) >= p.patience:
		p.length, p.shorter = want, time.Time{}
	}
}

// What encoding may cost as a share of one core, and the complexities to keep to
// it: 4 and 5 cost half of 9 and are nearly as good (ESTOI of speech at 32 kbit/s
// 0.976 and 0.985); 3 costs hardly less than 4, and is heard (0.95).
const (
	mostEffort      = 0.008
	leastEffort     = 0.003
	effortSpan      = 4 * time.Second // of sound, between two decisions
	startComplexity = 5
	leastComplexity = 4
	mostComplexity  = 9
)

// effort chooses the encoder's complexity by what encoding takes on this machine
// under its present load.
type effort struct {
	complexity  int
	took, sound time.Duration
}

func newEffort() effort { return effort{complexity: startComplexity} }

// encoded takes how long the encoder took for a packet.
func (e *effort) encoded(took, length time.Duration) {
	e.took += min(took, length) // one that was put aside for longer says nothing more
	e.sound += length
	if e.sound < effortSpan {
		return
	}
	share := float64(e.took) / float64(e.sound)
	switch {
	case share > mostEffort:
		e.complexity = max(e.complexity-1, leastComplexity)
	case share < leastEffort:
		e.complexity = min(e.complexity+1, mostComplexity)
	}
	e.took, e.sound = 0, 0
}
