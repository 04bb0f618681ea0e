package peer

import (
	"math"
	"testing"
	"time"

	"parley/call/peer/conn"
	"parley/media"
)

// browser is what a receiver of today wants.
var browser = conn.SoundWishes{FEC: true, DTX: true, MinPacket: 10 * time.Millisecond}

// path feeds a policy with one report a second.
type path struct {
	*soundPolicy
	now    time.Time
	jitter time.Duration
	trip   time.Duration
}

func newPath(w conn.SoundWishes) *path {
	p := &path{soundPolicy: newSoundPolicy(), now: begin, jitter: time.Millisecond, trip: 30 * time.Millisecond}
	p.wishes = w
	return p
}

// run reports a loss for some seconds, planning every 10 ms, and returns the last
// plan and how often the length of packets changed.
func (p *path) run(seconds int, loss float64) (last soundPlan, changes int) {
	last = p.plan(false, p.now)
	for range seconds {
		for range 100 {
			p.now = p.now.Add(10 * time.Millisecond)
			plan := p.plan(false, p.now)
			if plan.length != last.length {
				changes++
			}
			last = plan
		}
		p.soundPolicy.trip = p.trip
		p.reported(loss, p.jitter, p.now)
	}
	return p.plan(false, p.now), changes
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func TestSoundPolicy_BeginsAsABrowserDoes(t *testing.T) {
	p := newPath(browser)
	if got := p.plan(false, p.now); got.length != ms(20) || got.settings.Loss != 0 || got.settings.Bitrate != 40_000 {
		t.Errorf("%+v", got)
	}
}

func TestSoundPolicy_ShortPacketsOnACleanPath(t *testing.T) {
	p := newPath(browser)
	plan, changes := p.run(6, 0)
	if plan.length != ms(10) || plan.settings.Bitrate != 40_000 || plan.settings.Loss != 0 || changes != 1 {
		t.Errorf("%+v after %d changes", plan, changes)
	}
	if plan, _ := p.run(1, 0.02); plan.length != ms(20) || plan.settings.Loss != 2 {
		t.Errorf("after one bad second: %+v", plan)
	}
}

func TestSoundPolicy_LossRisesAtOnceAndFallsSlowly(t *testing.T) {
	p := newPath(browser)
	for i, row := range []struct {
		fraction float64
		want     int
	}{{0.2, 20}, {0, 15}, {0, 11}, {0.05, 10}, {0.3, 30}} {
		p.reported(row.fraction, 0, p.now)
		if got := p.plan(false, p.now).settings.Loss; got != row.want {
			t.Errorf("report %d of %v: the loss is %d %%, want %d", i, row.fraction, got, row.want)
		}
	}
	for range 30 {
		p.reported(0, 0, p.now)
	}
	if got := p.plan(false, p.now).settings.Loss; got != 0 {
		t.Errorf("at last it is %d", got)
	}
}

func TestSoundPolicy_DoesNotSwing(t *testing.T) {
	p := newPath(browser)
	total := 0
	for range 60 { // ten minutes of a loss every ten seconds
		_, a := p.run(9, 0)
		_, b := p.run(1, 0.03)
		total += a + b
	}
	if total > 10 {
		t.Errorf("the length of packets changed %d times", total)
	}
	p.run(200, 0)
	if plan, _ := p.run(1, 0); plan.length != ms(10) {
		t.Errorf("after three clean minutes: %+v", plan)
	}
}

func TestSoundPolicy_LossOfARadioLinkCostsNoRate(t *testing.T) {
	p := newPath(browser)
	plan, _ := p.run(60, 0.2)
	if plan.length != ms(20) || plan.settings.Bitrate != 40_000 || plan.settings.Loss != 20 {
		t.Errorf("%+v", plan)
	}
}

func TestSoundPolicy_GivesWayToAQueue(t *testing.T) {
	p := newPath(browser)
	p.run(5, 0)
	p.trip = 500 * time.Millisecond
	narrow, _ := p.run(10, 0.15)
	if narrow.length < ms(40) || narrow.settings.Bitrate > 12_000 || narrow.settings.Bitrate < leastSoundRate {
		t.Errorf("with a queue: %+v", narrow)
	}
	p.trip = 30 * time.Millisecond
	if again, _ := p.run(60, 0); again.length != ms(10) || again.settings.Bitrate != 40_000 {
		t.Errorf("without: %+v", again)
	}
}

func TestSoundPolicy_ThePictureYieldsFirst(t *testing.T) {
	p := newPath(browser)
	p.picture = true
	p.run(5, 0)
	p.trip = 500 * time.Millisecond
	if plan, _ := p.run(10, 0.2); plan.settings.Bitrate != 40_000 {
		t.Errorf("with a picture: %+v", plan)
	}
	p.picture = false // at its floor
	if plan, _ := p.run(10, 0.2); plan.settings.Bitrate > 12_000 {
		t.Errorf("without: %+v", plan)
	}
}

func TestSoundPolicy_LossOfEverything(t *testing.T) {
	p := newPath(browser)
	plan, _ := p.run(20, 1)
	if plan.settings.Bitrate != leastSoundRate || plan.length != ms(60) {
		t.Errorf("when nothing arrives: %+v", plan)
	}
	if plan, _ := p.run(40, 0); plan.settings.Bitrate != 40_000 || plan.settings.Loss != 0 {
		t.Errorf("after that: %+v", plan)
	}
}

func TestSoundPolicy_FitsThePath(t *testing.T) {
	for _, row := range []struct {
		kilobits int
		picture  bool
		length   time.Duration
	}{
		{1000, true, ms(10)},
		{120, false, ms(10)},
		{120, true, ms(20)},
		{60, false, ms(20)},
		{40, false, ms(40)},
		{25, false, ms(40)},
		{20, false, ms(60)},
		{10, false, ms(60)},
	} {
		p := newPath(browser)
		p.picture = row.picture
		var plan soundPlan
		for range 10 {
			p.estimated(float64(row.kilobits)*1000, p.now)
			plan, _ = p.run(1, 0)
		}
		wire := float64(plan.settings.Bitrate) + overhead(plan.length)
		if plan.length != row.length || wire > float64(row.kilobits)*1000 && plan.settings.Bitrate > leastSoundRate {
			t.Errorf("%d kbit/s, picture %v: %+v, %.0f on the wire", row.kilobits, row.picture, plan, wire)
		}
		if math.Abs(p.wire()-wire) > 1 {
			t.Errorf("it says that it takes %.0f", p.wire())
		}
	}
}

func TestSoundPolicy_HonoursWishes(t *testing.T) {
	quiet := media.AudioSettings{Bitrate: 40_000, Complexity: startComplexity}
	with := func(change func(*media.AudioSettings)) media.AudioSettings {
		s := quiet
		change(&s)
		return s
	}
	for _, row := range []struct {
		name   string
		wishes conn.SoundWishes
		shared bool
		length time.Duration
		want   media.AudioSettings
	}{
		{"nothing", conn.SoundWishes{}, false, ms(20), with(func(s *media.AudioSettings) { s.Continuous = true })},
		{"fec", conn.SoundWishes{FEC: true, DTX: true}, false, ms(20), with(func(s *media.AudioSettings) { s.Loss = 5 })},
		{
			"rate",
			conn.SoundWishes{DTX: true, MaxBitrate: 20_500, PlaybackRate: 16_000},
			false, ms(20),
			with(func(s *media.AudioSettings) { s.Bitrate, s.PlaybackRate = 20_000, 16_000 }),
		},
		{"cbr", conn.SoundWishes{DTX: true, Constant: true}, false, ms(20), with(func(s *media.AudioSettings) { s.Constant = true })},
		{"ptime", conn.SoundWishes{DTX: true, Packet: ms(40)}, false, ms(40), with(func(s *media.AudioSettings) { s.Bitrate = 32_000 })},
		{"minptime", conn.SoundWishes{DTX: true, MinPacket: ms(60)}, false, ms(60), with(func(s *media.AudioSettings) { s.Bitrate = 24_000 })},
		{"ptime beyond all", conn.SoundWishes{DTX: true, Packet: ms(120)}, false, ms(60), with(func(s *media.AudioSettings) { s.Bitrate = 24_000 })},
		{"maxptime", conn.SoundWishes{DTX: true, MaxPacket: ms(10)}, false, ms(10), quiet},
		{"maxptime below all", conn.SoundWishes{DTX: true, MaxPacket: ms(5)}, false, ms(10), quiet},
		{
			"shared sound",
			conn.SoundWishes{DTX: true, Stereo: true},
			true, ms(20),
			with(func(s *media.AudioSettings) { s.Bitrate, s.Stereo = stereoRate, true }),
		},
		{"voice", conn.SoundWishes{DTX: true, Stereo: true}, false, ms(20), quiet},
		{
			"shared sound in one channel",
			conn.SoundWishes{DTX: true},
			true, ms(20),
			with(func(s *media.AudioSettings) { s.Bitrate = sharedMonoRate }),
		},
	} {
		p := newPath(row.wishes)
		for range 5 {
			p.now = p.now.Add(time.Second)
			p.reported(0.05, p.jitter, p.now)
			p.plan(row.shared, p.now)
		}
		if got := p.plan(row.shared, p.now); got.length != row.length || got.settings != row.want {
			t.Errorf("%s: %+v, want %v %+v", row.name, got, row.length, row.want)
		}
	}
}

func TestEffort_KeepsToItsShare(t *testing.T) {
	for _, row := range []struct {
		perStep float64 // share of a core that each step of complexity costs
		want    int
	}{{0.0001, mostComplexity}, {0.0015, 5}, {0.0028, 4}, {0.02, leastComplexity}} {
		e := newEffort()
		for range 100_000 {
			took := time.Duration(row.perStep * float64(e.complexity) * float64(20*time.Millisecond))
			e.encoded(took, 20*time.Millisecond)
		}
		if e.complexity != row.want {
			t.Errorf("%v a step: complexity %d, want %d", row.perStep, e.complexity, row.want)
		}
	}
	e := newEffort()
	for range 100 { // put aside for a second, once in two
		e.encoded(time.Second, 20*time.Millisecond)
	}
	if e.complexity < startComplexity-1 {
		t.Errorf("complexity %d", e.complexity)
	}
}

// Headers of short packets are a waste where the path carries little.
func TestSoundPolicy_ANarrowPathHasNoShortPackets(t *testing.T) {
	p := newSoundPolicy()
	p.wishes = browser
	at := begin
	length := func(path float64) time.Duration {
		for range 200 {
			at = at.Add(100 * time.Millisecond)
			p.carries(path)
			p.reported(0, 0, at)
			p.plan(false, at)
		}
		return packetLengths[p.length].length
	}
	for _, row := range []struct {
		path float64
		want time.Duration
	}{{1e6, ms(10)}, {400_000, ms(10)}, {200_000, ms(20)}, {400_000, ms(20)}, {500_000, ms(10)}} {
		if got := length(row.path); got != row.want {
			t.Errorf("on a path of %.0f bit/s a packet holds %v, want %v", row.path, got, row.want)
		}
	}
}
