package congestion

import (
	"testing"
	"time"
)

// emptied plays until nothing waits, and returns when each packet left.
func emptied(p *Pacer[int], now time.Time) (packets []int, after []time.Duration) {
	begin := now
	for {
		packet, _, ok := p.Next(now)
		if ok {
			packets, after = append(packets, packet), append(after, now.Sub(begin))
			continue
		}
		wait, more := p.Wait(now)
		if !more {
			return packets, after
		}
		now = now.Add(max(wait, time.Microsecond))
	}
}

// A picture leaves at 2.5 times the target, and what there is of it beyond 70 ms at
// 1.25 times.
func TestPacer_SpreadsAPicture(t *testing.T) {
	for count, takes := range map[int]time.Duration{6: 24 * ms, 40: 292 * ms} {
		p := NewPacer[int](1e6)
		for i := range count {
			p.Push(Picture, 1250, i)
		}
		if got := p.Backlog(); got != takes {
			t.Errorf("the backlog is %v, want %v", got, takes)
		}
		packets, after := emptied(p, time.Unix(0, 0))
		for i, n := range packets {
			if n != i {
				t.Fatalf("packet %d left as number %d", n, i)
			}
		}
		if last := after[count-1]; last < takes-15*ms || last > takes {
			t.Errorf("the last packet leaves after %v", last)
		}
		if after[1] > 4*ms || after[count/2] < takes/4 {
			t.Errorf("packets leave at %v", after)
		}
		if p.Backlog() != 0 || p.Waiting() != 0 {
			t.Errorf("%v is left, %d packets", p.Backlog(), p.Waiting())
		}
	}
}

// Where there is room, a picture leaves at once, and no more than one.
func TestPacer_SendsAPictureAtOnceWhereThereIsRoom(t *testing.T) {
	p := NewPacer[int](1e6)
	p.Follow(Estimate{Target: 1e6, Pace: 2.5e6, Burst: roomyBurst})
	now := time.Unix(0, 0)
	passed := 0
	for range 40 { // 4 ms each
		if _, ok := p.Pass(1250, now); ok {
			passed++
		}
	}
	if passed != 4+1 {
		t.Errorf("%d packets of 4 ms left at once, want what takes 16 ms", passed)
	}
	if _, ok := p.Pass(1250, now.Add(4*ms)); !ok {
		t.Error("nothing more leaves when its time has come")
	}
	p.Follow(Estimate{Target: 1e6, Pace: 2.5e6})
	if _, ok := p.Pass(1250, now.Add(10*ms)); ok {
		t.Error("a burst goes on where there is no room any more")
	}
}

// What takes long leaves slowly even where there is room.
func TestPacer_SpreadsALargePictureWhereThereIsRoom(t *testing.T) {
	p := NewPacer[int](1e6)
	p.Follow(Estimate{Target: 1e6, Pace: 2.5e6, Burst: roomyBurst})
	for i := range 40 {
		p.Push(Picture, 1250, i)
	}
	if _, after := emptied(p, time.Unix(0, 0)); after[1] > 4*ms || after[2] < 8*ms {
		t.Errorf("packets of 8 ms leave at %v", after[:4])
	}
}

// Where a queue stands on the way, nothing leaves faster than the target.
func TestPacer_SlowsDownBeforeAQueue(t *testing.T) {
	p := NewPacer[int](1e6)
	for waiting, want := range map[time.Duration]time.Duration{0: 20 * ms, 30 * ms: 22 * ms, 100 * ms: 50 * ms} {
		p.Follow(Estimate{Target: 1e6, Pace: pace(1e6, waiting)})
		for i := range 5 {
			p.Push(Picture, 1250, i)
		}
		if got := p.Backlog().Round(ms); got != want {
			t.Errorf("with %v on the way, 50 kbit take %v", waiting, got)
		}
		p.Drop(func(int) bool { return true })
	}
}

func TestPacer_WhatIsSentAgainComesFirst(t *testing.T) {
	p := NewPacer[int](1e6)
	for i := range 10 {
		p.Push(Picture, 1200, i)
	}
	p.Push(Retransmission, 1200, 100)
	if packet, _, ok := p.Next(time.Unix(0, 0)); !ok || packet != 100 {
		t.Errorf("the first to leave is %d, %v", packet, ok)
	}
}

func TestPacer_BoundsWhatIsSentAgain(t *testing.T) {
	p := NewPacer[int](100_000)
	taken := 0
	for i := range 1000 {
		if p.Push(Retransmission, 1200, i) {
			taken++
		}
	}
	if taken != mostRetransmissions {
		t.Errorf("%d packets wait to be sent again", taken)
	}
	p.Push(Picture, 1000, -1)
	p.Drop(func(packet int) bool { return packet >= 0 })
	if p.Waiting() != 1 || p.Backlog() != 36*ms {
		t.Errorf("%d packets are left, %v", p.Waiting(), p.Backlog())
	}
	if packet, _, ok := p.Next(time.Unix(0, 0)); !ok || packet != -1 {
		t.Errorf("the one that is left is %d, %t", packet, ok)
	}
}

func TestPacer_SoundTakesItsShare(t *testing.T) {
	p := NewPacer[int](1e6)
	now := time.Unix(0, 0)
	for range 10 {
		p.Spend(1250, now) // 12.5 kB at 2.5 Mbit/s are 40 ms
	}
	p.Push(Picture, 1000, 1)
	if _, _, ok := p.Next(now); ok {
		t.Error("a picture leaves with a burst of sound")
	}
	if wait, _ := p.Wait(now); wait < 30*ms || wait > 40*ms {
		t.Errorf("it waits %v", wait)
	}
}

func TestPacer_PassesWhatNeedNotWait(t *testing.T) {
	p := NewPacer[int](1e6)
	now := time.Unix(0, 0)
	if _, ok := p.Pass(1200, now); !ok {
		t.Error("the first packet waits")
	}
	p.Push(Picture, 1200, 1)
	if _, ok := p.Pass(1200, now); ok {
		t.Error("a packet overtakes another")
	}
}

// A probe leaves at its own rate, with padding where there is nothing to send.
func TestPacer_Probe(t *testing.T) {
	for name, real := range map[string]int{"padding": 0, "half": 4, "packets": 20} {
		t.Run(name, func(t *testing.T) {
			p := NewPacer[int](200_000)
			now := time.Unix(0, 0)
			begin := now
			p.Probe(Cluster{ID: 7, Rate: 4e6, Bytes: 7500, Packets: 5}, now)
			for i := range real {
				p.Push(Picture, 1000, i)
			}
			bytes, last := 0, time.Duration(0)
			for now.Sub(begin) < 50*ms {
				const size = 1000
				_, cluster, ok := p.Next(now)
				wanted, pads := 0, false
				if !ok {
					wanted, pads = p.Pad(now)
				}
				switch {
				case ok:
				case pads:
					if wanted != 1500 {
						t.Fatalf("padding of %d bytes is wanted", wanted)
					}
					cluster = p.Padded(size, now)
				default:
					now = now.Add(ms)
					continue
				}
				if cluster == 7 {
					bytes, last = bytes+size, now.Sub(begin)
				}
			}
			if bytes != 8000 || last < 12*ms || last > 18*ms {
				t.Errorf("%d bytes of the probe left within %v", bytes, last)
			}
		})
	}
}

// Whole packets take long at a low rate, and are a probe all the same.
func TestPacer_AProbeOfWholePackets(t *testing.T) {
	p := NewPacer[int](70_000)
	now := time.Unix(0, 0)
	begin := now
	p.Probe(Cluster{ID: 7, Rate: 140_000, Bytes: 260, Packets: 5}, now)
	for i := range 10 {
		p.Push(Picture, 1240, i)
	}
	probed := 0
	for ; now.Sub(begin) < time.Second; now = now.Add(ms) {
		if _, cluster, ok := p.Next(now); ok && cluster == 7 {
			probed++
		}
	}
	if probed != 5 {
		t.Errorf("%d packets of 5 left as a probe", probed)
	}
}

func TestPacer_AProbeThatNobodyCompletesEnds(t *testing.T) {
	p := NewPacer[int](1e6)
	now := time.Unix(0, 0)
	p.Probe(Cluster{ID: 1, Rate: 1e6, Bytes: 5000, Packets: 5}, now)
	if _, ok := p.Wait(now); !ok {
		t.Error("nothing is to be done for a probe")
	}
	if _, ok := p.Wait(now.Add(time.Second)); ok {
		t.Error("a second later there still is")
	}
}

func TestPacer_AllocatesNothing(t *testing.T) {
	p := NewPacer[int](1e9)
	now := time.Unix(0, 0)
	if n := testing.AllocsPerRun(100, func() {
		for i := range 10 {
			p.Push(Picture, 1200, i)
		}
		for {
			if _, _, ok := p.Next(now); !ok {
				break
			}
		}
		now = now.Add(time.Second)
	}); n > 0 {
		t.Errorf("%.0f allocations a picture", n)
	}
}
