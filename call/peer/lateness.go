package peer

import "time"

// How pictures are made to wait so that those that come late are shown in time.
const (
	latenessBin    = 10 * time.Millisecond
	latenessBins   = 40
	latenessMemory = 4 * time.Second // in which what was seen is forgotten to 1/e
	latenessShare  = 0.95            // of the pictures are to be in time, or no later than the one before
	latenessNone   = 1e-6            // of them, which is none any more
	latenessMost   = 300 * time.Millisecond

	// What varies by less is not waited for: nobody sees it, and waiting is seen by
	// everybody. Where packets get lost, what is late is so by a round trip and more, or
	// by the parity that follows its frame, which is nothing to wait for.
	latenessLossy  = 25 * time.Millisecond
	latenessFrames = 1.5 // frames; of a path that loses nothing
	latenessLeast  = 30 * time.Millisecond
	latenessWide   = 60 * time.Millisecond
	latenessStay   = 0.6                   // of these, below which waiting ends
	latenessRest   = 25 * time.Millisecond // of jitter, that is not waited for

	// What has not happened for so many times as long as it usually took between two, and
	// for so long, is over.
	calmSpans = 8
	calmLeast = 400 * time.Millisecond
	calmSpeed = 3 // times lipSpeed, at which waiting ends

	quickestSpan  = time.Second // of one of the moments below
	quickestSpans = 5
)

// lateness decides how long pictures wait for the network: not at all on a path
// that brings them evenly, and where retransmissions or jitter make some of them
// late, about as long as those take: of jitter a little less, which nobody sees. A wait
// begins with a picture that is late already, so that nothing is seen of it, and ends
// once its cause has, bit by bit. What counts is how often one
// is later than the one before: a queue that makes all of them late, and passes, is seen
// once, and to wait for the next would spare nobody anything. The zero value is ready.
type lateness struct {
	quickest [quickestSpans]quickest
	span     int                   // the current of them
	rises    [latenessBins]float64 // share of the pictures that were later by so much, when the one before was not
	before   int                   // by how many bins the last picture was late
	zero     time.Duration
	interval float64 // seconds between pictures, smoothed
	waits    bool
	base     time.Duration // transit at which pictures are shown
	last     time.Time
	worst    time.Time     // when one was late
	between  time.Duration // two of these, smoothed
}

// quickest is the shortest transit within a span of time.
type quickest struct {
	began   time.Time
	transit time.Duration
}

// ready takes a picture that took so long to get here, on any scale that stays,
// and that was captured so long after the one before it. It returns until which
// transit pictures wait for the network.
func (l *lateness) ready(transit, since time.Duration, lossy bool, now time.Time) (base time.Duration) {
	if l.last.IsZero() {
		l.zero, l.last, l.base = transit, now, transit
	}
	passed := now.Sub(l.last)
	l.last = now
	l.pace(since)
	floor := l.floor(transit, now)
	l.settle(floor)
	l.note(transit-floor, since)
	l.calm(transit-floor, l.base-floor, lossy, now)
	aim := floor + l.target(lossy)
	if l.base < aim {
		l.base = max(l.base, min(aim, transit))
	}
	if l.base > aim {
		passed *= calmSpeed
	}
	l.base = toward(l.base, aim, passed)
	if !l.waits && l.base-floor < latenessLossy {
		l.base = floor
	}
	return l.base
}

// pace follows the time between pictures.
func (l *lateness) pace(since time.Duration) {
	if since > 0 && since < longInterval {
		if l.interval == 0 {
			l.interval = since.Seconds()
		}
		l.interval += rhythmWeight * (since.Seconds() - l.interval)
	}
}

// floor returns the shortest transit of late.
func (l *lateness) floor(transit time.Duration, now time.Time) time.Duration {
	current := &l.quickest[l.span]
	if now.Sub(current.began) >= quickestSpan {
		l.span = (l.span + 1) % quickestSpans
		current = &l.quickest[l.span]
		*current = quickest{now, transit}
	}
	current.transit = min(current.transit, transit)
	least := transit
	for _, q := range l.quickest {
		if !q.began.IsZero() && now.Sub(q.began) < (quickestSpans+1)*quickestSpan {
			least = min(least, q.transit)
		}
	}
	return least
}

// settle measures what is remembered from another floor: where all of a path has
// become slower, what came before was not late, and where it has become quicker,
// that says nothing of what is to come.
func (l *lateness) settle(floor time.Duration) {
	for floor-l.zero >= latenessBin && sum(l.rises[:]) > latenessNone {
		copy(l.rises[:], l.rises[1:])
		l.rises[latenessBins-1] = 0
		l.zero += latenessBin
		l.before = max(l.before-1, 0)
	}
	if floor < l.zero || sum(l.rises[:]) <= latenessNone {
		l.zero = floor
	}
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// note remembers how late a picture was. Each counts for the time that it is of.
func (l *lateness) note(late, since time.Duration) {
	weight := min(max(since.Seconds(), 0), 0.2) / latenessMemory.Seconds()
	for i := range l.rises {
		l.rises[i] -= weight * l.rises[i]
	}
	bin := min(int(late/latenessBin), latenessBins-1)
	for i := l.before; i < bin; i++ {
		l.rises[i+1] += weight
	}
	l.before = bin
}

// calm forgets what made pictures late once it is over. That packets get lost is told
// by other means: for a while none may, by chance.
func (l *lateness) calm(late, wait time.Duration, lossy bool, now time.Time) {
	if late > max(wait/4, latenessLossy) {
		l.between += (min(now.Sub(l.worst), latenessMemory) - l.between) / calmSpans
		l.worst = now
		return
	}
	if !lossy && now.Sub(l.worst) > max(calmSpans*l.between, calmLeast) {
		clear(l.rises[:])
	}
}

// target is how long pictures should wait.
func (l *lateness) target(lossy bool) time.Duration {
	bin := latenessBins - 1
	for bin > 0 && l.rises[bin] <= 1-latenessShare {
		bin--
	}
	late, least := time.Duration(bin)*latenessBin, latenessLossy
	if !lossy {
		frames := time.Duration(latenessFrames * l.interval * float64(time.Second))
		least = min(max(frames, latenessLeast), latenessWide)
	}
	if l.waits {
		least = time.Duration(latenessStay * float64(least))
	}
	if l.waits = late > least; !l.waits {
		return 0
	}
	if late += latenessBin; !lossy {
		late -= latenessRest
	}
	return min(late, latenessMost)
}

// delay is how long a picture waits that is as quick as any.
func (l *lateness) delay() time.Duration {
	if l.last.IsZero() {
		return 0
	}
	least := l.base
	for _, q := range l.quickest {
		if !q.began.IsZero() {
			least = min(least, q.transit)
		}
	}
	return l.base - least
}
