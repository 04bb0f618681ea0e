package audio

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/playout"
)

// talk is a call in virtual time: what two workers and two playouts do, from moment to
// moment, on devices that deliver and take 5 ms at a time as sound servers do. Threads
// wake late by random fractions of a millisecond.
type talk struct {
	t      *testing.T
	agenda []event // by time
	random *rand.Rand
	ends   [2]*talker
}

type event struct {
	at time.Time
	do func()
}

// at does something then, or right away.
func (k *talk) at(when time.Time, do func()) {
	i, _ := slices.BinarySearchFunc(k.agenda, when, func(e event, when time.Time) int {
		if e.at.After(when) {
			return 1
		}
		return -1 // behind what is at the same time
	})
	k.agenda = slices.Insert(k.agenda, i, event{when, do})
}

// soon does something once a thread has been waked at a moment.
func (k *talk) soon(when time.Time, do func()) {
	late := min(k.random.ExpFloat64()*float64(100*time.Microsecond), float64(2*time.Millisecond))
	k.at(when.Add(50*time.Microsecond+time.Duration(late)), do)
}

func (k *talk) run(d time.Duration) {
	for end := time.Now().Add(d); len(k.agenda) > 0 && !k.agenda[0].at.After(end); {
		next := k.agenda[0]
		k.agenda = slices.Delete(k.agenda, 0, 1)
		time.Sleep(time.Until(next.at)) //nolint:forbidigo // virtual
		next.do()
	}
}

// plainDecoder decodes packets that hold samples.
type plainDecoder struct{}

func (plainDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	n, err := binary.Decode(packet[1:], binary.LittleEndian, pcm[:media.StepSamples])
	return n / 2, err
}

func (plainDecoder) DecodeFEC(_ []byte, pcm []int16) (int, error) {
	clear(pcm)
	return len(pcm), nil
}

func (plainDecoder) Conceal(pcm []int16) (int, error) {
	clear(pcm)
	return len(pcm), nil
}

func (plainDecoder) Close() error { return nil }

const (
	chunk = media.StepSamples / 2
	// talkWork is for how long a step is worked on, and its packet on its way.
	talkWork = 1500 * time.Microsecond
	// A click stands out of the tone twice a second.
	clickEvery, clickLevel = media.SampleRate / 2, 30000
)

// talker is one end.
type talker struct {
	*talk
	worker   worker
	capture  *device.Capture
	playback *device.Playback
	playout  *playout.Buffer
	listener *media.Listener
	to       *talker

	wakes   int // that were asked for
	packets uint32
	said    []time.Time // clicks
	heard   []time.Time
	spoken  int
	clicks  bool
	beats   time.Duration                 // between two callbacks of a device
	late    func(chunk int) time.Duration // how late the microphone's thread is, if it is
	played  smoothness
}

func newTalk(t *testing.T) *talk {
	t.Helper()
	k := &talk{t: t, random: rand.New(rand.NewPCG(3, 4))}
	for i := range k.ends {
		e := &talker{talk: k, beats: media.Step / 2, late: punctual}
		e.worker.clock = time.Now
		wake := func() { e.wake(time.Now()) }
		e.capture, e.playback = device.NewCapture(1, wake), device.NewPlayback(device.Period, wake)
		e.playout = playout.New(plainDecoder{}, playout.Options{})
		e.listener = e.worker.feed.Listen()
		e.worker.received.add(e.playout)
		k.ends[i] = e
	}
	k.ends[0].to, k.ends[1].to = k.ends[1], k.ends[0]
	return k
}

// wake lets the worker look then, unless something else wakes it before.
func (e *talker) wake(when time.Time) {
	e.wakes++
	this := e.wakes
	e.soon(when, func() {
		if this == e.wakes {
			e.tick()
		}
	})
}

func (e *talker) tick() {
	next := e.worker.tick()
	var s media.Sound
	for e.listener.Next(expired(e.t), &s) == nil {
		e.send(&s)
	}
	if !next.IsZero() {
		e.wake(next)
	}
}

// send sends a step to the other end.
func (e *talker) send(s *media.Sound) {
	packet := []byte{30 << 3} // RFC 6716 section 3.1: a frame of 10 ms by CELT
	packet, _ = binary.Append(packet, binary.LittleEndian, s.Samples[:])
	number := e.packets
	e.packets++
	e.soon(time.Now().Add(talkWork), func() {
		e.to.playout.Push(uint16(number), number*media.StepSamples, packet, time.Now())
	})
}

// begin lets the devices of an end work from a moment on.
func (e *talker) begin(when time.Time) {
	e.beat(when, 0, e.speak, func(n int) time.Duration { return e.late(n) })
	e.beat(when, 0, e.listen, punctual)
	e.worker.follow(&route{capture: true, play: true, microphone: e.capture, speaker: e.playback})
}

func punctual(int) time.Duration { return 0 }

// beat does something at every beat of a device, for the nth time so much later.
func (e *talker) beat(when time.Time, n int, do func(), late func(n int) time.Duration) {
	e.soon(when.Add(late(n)), func() {
		do()
		e.beat(when.Add(e.beats), n+1, do, late)
	})
}

// speak is a callback of the microphone.
func (e *talker) speak() {
	pcm := make([]int16, chunk)
	for i := range pcm {
		pcm[i] = int16(testAmplitude * math.Sin(2*math.Pi*testHertz*float64(e.spoken)/media.SampleRate))
		if e.spoken%clickEvery == 0 && e.clicks {
			pcm[i] = clickLevel
			e.said = append(e.said, time.Now().Add(lasting(uint64(i))-media.Step/2))
		}
		e.spoken++
	}
	e.capture.Data(nil, bytesOf(pcm), chunk)
}

// listen is a callback of the speaker.
func (e *talker) listen() {
	pcm := make([]int16, 2*chunk)
	e.playback.Data(bytesOf(pcm), nil, chunk)
	for i := range chunk {
		if pcm[2*i] > clickLevel/2 {
			e.heard = append(e.heard, time.Now().Add(lasting(uint64(i))))
			break
		}
	}
	e.played.hear(pcm, 2)
}

// delay returns how much later than said the last clicks were heard.
func (e *talker) delay() (most time.Duration) {
	for _, at := range e.heard[len(e.heard)-5:] {
		i, _ := slices.BinarySearchFunc(e.to.said, at, time.Time.Compare)
		most = max(most, at.Sub(e.to.said[i-1]))
	}
	return most
}

// measure returns how late each end hears the other. Clicks break the tone.
func (k *talk) measure() (delays [2]time.Duration) {
	for _, e := range k.ends {
		e.clicks = true
	}
	k.run(5 * time.Second)
	for i, e := range k.ends {
		delays[i], e.clicks = e.delay(), false
	}
	k.run(time.Second)
	for _, e := range k.ends {
		e.played.whole()
	}
	return delays
}

// In half an hour between ends whose clocks differ the tone never breaks, nothing is
// concealed, no speaker goes hungry, and neither delay nor memory grows.
func TestCall_ClocksApart_HalfAnHour(t *testing.T) {
	const apart = 100 // parts in a million
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t)
		k.ends[1].beats -= k.ends[1].beats * apart / 1_000_000
		for _, e := range k.ends {
			e.begin(time.Now())
		}
		k.run(4 * time.Minute)
		before, memory := k.measure(), inUse()
		var concealed, starved [2]uint64
		for i, e := range k.ends {
			concealed[i], starved[i] = e.playout.Stats().ConcealedSamples, e.playback.Starved()
		}
		for minute := range max(1, 30/hurry) {
			k.run(time.Minute)
			for i, e := range k.ends {
				if !e.played.whole() {
					t.Errorf("minute %d: the tone broke at end %d", minute, i)
				}
			}
		}
		if more := inUse() - memory; more > 1<<20 {
			t.Errorf("%d more bytes are in use", more)
		}
		after := k.measure()
		for i, e := range k.ends {
			if after[i] > before[i]+5*time.Millisecond {
				t.Errorf("end %d is heard %v later at first, and %v in the end", i, before[i], after[i])
			}
			if s := e.playout.Stats(); s.ConcealedSamples != concealed[i] || e.playback.Starved() != starved[i] {
				t.Errorf("end %d: concealed %d samples before, went hungry %d times, and then %d, %+v", i, concealed[i], starved[i], e.playback.Starved(), s)
			}
		}
		t.Logf("heard %v later at first, and %v in the end", before, after)
	})
}

// inUse returns how much memory is in use, in bytes.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Whichever of the speaker's takings comes when a packet is there, sound is heard by
// the first of them that can be: of what is said, chunks are complete every 5 ms and
// steps every 10, are worked on, and wait for the next taking, with what timers need.
func TestCall_InEveryPhase_IsHeardAtTheFirstTaking(t *testing.T) {
	for phase := range 2 {
		synctest.Test(t, func(t *testing.T) {
			k := newTalk(t)
			for i, e := range k.ends {
				e.begin(time.Now().Add(time.Duration(i*phase) * media.Step / 2))
			}
			k.run(40 * time.Second) // until the path is trusted, and the phase chosen
			for _, e := range k.ends {
				e.clicks = true
			}
			k.run(5 * time.Second)
			for i, e := range k.ends {
				if late := e.delay(); late > 25*time.Millisecond {
					t.Errorf("phase %d, end %d: heard %v later: %+v", phase, i, late, e.worker.mouth.reserve.phase)
				}
			}
		})
	}
}

// Threads that wake late cost steps of concealment at first, and then delay; a minute
// after the last that is given up, but for half a step, over which nobody hurries.
func TestCall_ThreadsWereLate_DelayComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t)
		for _, e := range k.ends {
			e.begin(time.Now())
		}
		k.run(30 * time.Second)
		const every = 600 // 3 s
		for _, e := range k.ends {
			e.late = func(n int) time.Duration {
				if n%every != 0 {
					return 0
				}
				return time.Duration(5+n/every%4*5) * time.Millisecond // to 20
			}
		}
		k.run(time.Minute)
		for _, e := range k.ends {
			e.late = punctual
		}
		k.run(time.Minute)
		for _, e := range k.ends {
			e.clicks = true
		}
		k.run(5 * time.Second)
		for i, e := range k.ends {
			steps := e.playout.Stats().ConcealedSamples / media.StepSamples
			if late := e.delay(); late > 30*time.Millisecond {
				t.Errorf("end %d: heard %v later: %+v", i, late, e.playout.Stats())
			}
			if steps > 20 { // as often as somebody was late
				t.Errorf("end %d: %d steps concealed", i, steps)
			}
		}
	})
}
