package congestion

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// hostile makes feedback of bytes: any numbers, any times, any order.
func hostile(data []byte) (arrivals []Arrival) {
	for len(data) >= 8 {
		at := time.Duration(int64(binary.BigEndian.Uint64(data)))
		arrivals = append(arrivals, Arrival{Sequence: binary.BigEndian.Uint16(data), Missing: data[2]&1 == 0, At: at >> (data[3] % 32)})
		data = data[8:]
	}
	return arrivals
}

// sane checks what must hold whatever a receiver says.
func sane(t *testing.T, c *Controller, now time.Time) {
	t.Helper()
	e := c.Estimate(now)
	if math.IsNaN(e.Target) || e.Target < DefaultLeast || e.Target > DefaultMost {
		t.Fatalf("the target is %v", e.Target)
	}
	if math.IsNaN(e.Delivered) || e.Delivered < 0 || e.Loss < 0 || e.Loss > 1 || e.Queue < 0 {
		t.Fatalf("the estimate is %+v", e)
	}
}

func FuzzController_Feedback(f *testing.F) {
	f.Add([]byte{}, int64(0))
	f.Add(make([]byte, 64), int64(1))
	dice := rand.New(rand.NewPCG(3, 4))
	random := make([]byte, 800)
	for i := range random {
		random[i] = byte(dice.Uint32())
	}
	f.Add(random, int64(-1))
	f.Fuzz(func(t *testing.T, data []byte, step int64) {
		s := newSimulation(link{rate: 1e6, delay: 10 * ms})
		s.run(time.Second)
		for len(data) > 0 {
			n := min(len(data), 80)
			s.control.Feedback(hostile(data[:n]), s.clock())
			s.control.Report(float64(data[0])/255, time.Duration(step), int(data[0]), s.clock())
			s.control.Limit(float64(step), s.clock().Add(time.Duration(step)%time.Minute))
			sane(t, s.control, s.clock())
			data = data[n:]
			s.run(50 * ms)
		}
		s.run(time.Second)
		sane(t, s.control, s.clock())
	})
}

// A receiver that lies for a while costs no more than that while.
func TestController_ForgetsHostileFeedback(t *testing.T) {
	s := newSimulation(link{rate: 2e6, delay: 25 * ms})
	s.run(10 * time.Second)
	dice := rand.New(rand.NewPCG(5, 6))
	for range 40 {
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(dice.Uint32())
		}
		s.control.Feedback(hostile(data), s.clock())
		s.run(50 * ms)
		sane(t, s.control, s.clock())
	}
	s.run(40 * time.Second)
	good(t, s.measure(20*time.Second), 2e6)
}

func TestController_StartsAsItIsTold(t *testing.T) {
	now := time.Unix(0, 0)
	if got := New(Bounds{}).Estimate(now).Target; got != DefaultStart {
		t.Errorf("it starts at %.0f", got)
	}
	if got := New(Bounds{Start: 2e6, Most: 1e6}).Estimate(now).Target; got != 1e6 {
		t.Errorf("it starts at %.0f", got)
	}
}

func TestController_DoesNotProbeWhereNobodyTells(t *testing.T) {
	c := New(Bounds{})
	now := time.Unix(0, 0)
	for range 100 {
		c.SentUnnumbered(Sent{Size: 1200}, now)
		if probe, ok := c.Probe(now); ok {
			t.Fatalf("probe %+v", probe)
		}
		now = now.Add(100 * ms)
	}
}

// reported plays a peer that sends nothing but a receiver report every now and then. It
// returns the moment, too.
func reported(rate, loss float64, interval, d time.Duration) (c *Controller, highest float64, now time.Time) {
	c, now = New(Bounds{}), time.Unix(0, 0)
	queue, span := 0.0, interval.Seconds() // bits, s
	for range int(d / interval) {
		sent := 0.0
		for range int(interval / (10 * ms)) {
			now = now.Add(10 * ms)
			target := c.Estimate(now).Target
			c.SentUnnumbered(Sent{Size: int(target / 800)}, now)
			sent += target / 100
			highest = math.Max(highest, target)
		}
		queue = math.Max(0, queue+sent-rate*span)
		lost := loss
		if full := 0.3 * rate; queue > full {
			lost += (queue - full) / sent
			queue = full
		}
		wait := time.Duration(queue / rate * float64(time.Second))
		c.Report(math.Min(lost, 1), 50*ms+wait, int(100*span), now)
	}
	return c, highest, now
}

func TestController_ReportsOnly(t *testing.T) {
	for name, loss := range map[string]float64{"clean": 0, "5 % lost": 0.05} {
		for _, interval := range []time.Duration{time.Second, 2500 * ms, 5 * time.Second} {
			t.Run(name+" every "+interval.String(), func(t *testing.T) {
				c, highest, now := reported(1e6, loss, interval, 120*time.Second)
				got := c.Estimate(now).Target
				t.Logf("the target is %.0f, and was %.0f", got, highest)
				if got < 0.6*1e6 || got > 1.2*1e6 || highest > 1.6e6 {
					t.Errorf("on a path of 1 Mbit/s the target is %.0f, and was %.0f", got, highest)
				}
			})
		}
	}
}

// Reports that come no more are missed all the same, as soon as can be told.
func TestController_ReportsThatStayAway(t *testing.T) {
	for interval, most := range map[time.Duration]time.Duration{
		time.Second: 4 * time.Second, 5 * time.Second: 16 * time.Second,
	} {
		c, _, now := reported(1e6, 0, interval, 4*time.Minute)
		before, began := c.Estimate(now).Target, now
		for c.Estimate(now).Target == before && now.Sub(began) < time.Minute {
			now = now.Add(10 * ms)
			c.SentUnnumbered(Sent{Size: 500}, now)
		}
		if took := now.Sub(began); took > most || took < 2*interval {
			t.Errorf("of reports every %v the first is missed after %v", interval, took)
		}
	}
}

// Reports about several streams come together or in turn.
func TestReportPace(t *testing.T) {
	for name, spans := range map[string][]time.Duration{
		"together": {5 * time.Second, 0, 10 * ms}, "in turn": {4 * time.Second, time.Second},
		"hardly ever": {reportMissed * time.Minute},
	} {
		var p reportPace
		now := time.Second
		for i := range 100 {
			now += spans[i%len(spans)]
			p.came(now)
		}
		if got := p.patience(); got < 9*time.Second || got > reportMissed*reportMost {
			t.Errorf("%s: the patience is %v", name, got)
		}
	}
}

func TestHistory_Forgets(t *testing.T) {
	var h history
	for i := range 70_000 {
		h.add(uint16(i), time.Duration(i), i, 0)
	}
	if p := h.find(uint16(69_999 & 0xffff)); p == nil || p.size != 69_999 {
		t.Errorf("the newest is %+v", p)
	}
	if p := h.find(uint16((70_000 - historySize - 1) & 0xffff)); p != nil {
		t.Errorf("an old one is still there: %+v", p)
	}
	if p := h.find(uint16(70_005 & 0xffff)); p != nil {
		t.Errorf("one that was not sent is there: %+v", p)
	}
}

func TestDelivery(t *testing.T) {
	var d delivery
	for at := time.Duration(0); at < 2*time.Second; at += 10 * ms {
		d.add(at, 1250)
	}
	for _, span := range []time.Duration{shortSpan, longSpan} {
		if got := d.rate(span); math.Abs(got-1e6) > 0.02e6 {
			t.Errorf("1 Mbit/s over %v is %.0f", span, got)
		}
	}
	d.add(-time.Hour, 1000)
	if got := d.rate(longSpan); got != 0 {
		t.Errorf("after a clock that jumps it is %.0f", got)
	}
}

// Much may leave at once only where the path is known to carry more than is sent.
func TestController_BurstsOnlyWhereThereIsRoom(t *testing.T) {
	for name, c := range map[string]struct {
		link link
		most float64
		want time.Duration
	}{
		"room":            {link{rate: 10e6, delay: 25 * ms}, 1e6, roomyBurst},
		"a full path":     {link{rate: 1e6, delay: 25 * ms}, 8e6, paceBurst},
		"room, but lossy": {link{rate: 10e6, delay: 25 * ms, loss: 0.05}, 1e6, paceBurst},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(c.link)
			s.most = c.most
			s.control.Use(1.5 * c.most)
			if e := s.control.Estimate(s.clock()); e.Burst != paceBurst {
				t.Errorf("%v may leave at once before anything is known", e.Burst)
			}
			s.run(15 * time.Second)
			rooms, looks := 0, 0
			s.every(100*ms, func() {
				looks++
				if s.control.Estimate(s.clock()).Burst == roomyBurst {
					rooms++
				}
			})
			s.run(60 * time.Second)
			share := float64(rooms) / float64(looks)
			if c.want == roomyBurst && share < 0.95 || c.want == paceBurst && share > 0.05 {
				t.Errorf("in %.0f %% of the time much may leave at once, want %v", 100*share, c.want)
			}
		})
	}
}

// The queue that was seen last is not there for ever: once nothing is sent, it leaves,
// and the path is tried again though nobody tells anything.
func TestController_TriesThePathWhenNothingIsSent(t *testing.T) {
	c, now := New(Bounds{}), time.Unix(1_790_000_000, 0)
	for n := range uint16(250) { // in the end the path takes longer for each
		now = now.Add(10 * time.Millisecond)
		c.Sent(Sent{Sequence: n, Size: 1200}, now)
		at := time.Duration(n)*10*time.Millisecond + time.Duration(max(int(n)-150, 0))*1500*time.Microsecond
		c.Feedback([]Arrival{{Sequence: n, At: at}}, now.Add(20*time.Millisecond))
	}
	if e := c.Estimate(now); e.Queue < 100*time.Millisecond {
		t.Fatalf("packets wait %v", e.Queue)
	}
	c.Probe(now) // the first of a call
	tries := 0
	for range 40 {
		now = now.Add(100 * time.Millisecond)
		if _, ok := c.Probe(now); ok {
			tries++
		}
	}
	if e := c.Estimate(now); e.Queue > 0 || tries == 0 {
		t.Errorf("after seconds of silence packets are thought to wait %v, and %d times the path was tried", e.Queue, tries)
	}
}
