//go:build e2e

package soundbench

import (
	"context"
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gen2brain/malgo"

	"parley/media"
	"parley/media/audio"
	"parley/media/quality"
	"parley/media/quality/room"
	"parley/media/voice"
	"parley/ui/e2e/lab"
)

// doubleTalk is when somebody begins to speak into the microphone, too.
const doubleTalk = echoLength / 2

// serverDelay is about what it takes to hear what is played on a sound server and
// to play it again; the rooms are made nearer by that.
const serverDelay = 60 * time.Millisecond

// inTheAir is how much of what the microphone is to hear waits in the sound server.
const inTheAir = 90 * time.Millisecond

// BenchmarkEchoDevices measures the echo return loss enhancement of the whole
// engine, devices included: what its speaker plays on a sound server goes through
// a computed room into its microphone.
func BenchmarkEchoDevices(b *testing.B) {
	far := speech(b, man, echoLength+settled)
	for _, r := range echoRows() {
		if r.way.Delay < serverDelay {
			continue // cannot be
		}
		b.Run(r.name, func(b *testing.B) {
			h := hearEcho(b, r.way, far, nil, voice.Everything)
			mic, sent := h.mic(r.from, r.to), h.sent(r.from, r.to)
			loss := quality.ReturnLoss(mic, sent)
			results.Add("echo through devices, "+r.name, "dB ERLE", loss)
			if each := quality.ReturnLosses(mic, sent, 2*media.SampleRate); len(each) > 1 {
				results.Add("echo through devices, "+r.name+", every 2 s", "dB ERLE", each...)
			}
			early, late := h.delay(b, 1), h.delay(b, echoLength.Seconds()-3)
			results.Add("echo through devices, "+r.name+": delay from speaker to microphone", "ms", early, late)
			b.Logf("%.1f dB; the echo was %.1f ms late at first and %.1f ms at the end", loss, early, late)
		})
	}
}

// BenchmarkDoubleTalkDevices measures what the whole engine loses of a talker who is 6 dB
// above the echo, of a woman over a man and the other way round. The automatic gain is
// off: it would make good what was lost.
func BenchmarkDoubleTalkDevices(b *testing.B) {
	length := echoLength + settled
	b.Run("Woman", func(b *testing.B) {
		lostInDoubleTalk(b, "a woman over a man", speech(b, woman, length), speech(b, man, length))
	})
	b.Run("Man", func(b *testing.B) {
		lostInDoubleTalk(b, "a man over a woman", speech(b, man, length), speech(b, woman, length))
	})
}

func lostInDoubleTalk(b *testing.B, who string, near, far []int16) {
	b.Helper()
	row := echoRows()[0]
	talker := amplified(floats(near), row.way.Gain+6)
	clear(talker[:samplesOf(doubleTalk)])
	h := hearEcho(b, row.way, far, talker, voice.Settings{HighPass: true, Echo: true, Noise: true})
	from, to := doubleTalk.Seconds()+1, echoLength.Seconds()
	mine, sent := talker[int(from*media.SampleRate):int(to*media.SampleRate)], h.sent(from-1, to+2)
	late, likeness, err := quality.Delay(mine, sent, 0, 2*media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	kept, err := quality.Kept(mine, sent[late:min(late+len(mine), len(sent))], media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%.1f dB kept, found with likeness %.2f", kept, likeness)
	results.Add("double talk through devices, talker 6 dB above the echo, "+who, "dB lost", -kept)
}

// heardEcho is what was played, what the microphone heard, and what was sent, each
// from when the far end began to be heard, or played.
type heardEcho struct {
	played, heard, out []float64
}

func between(of []float64, from, to float64) []float64 {
	clip := func(s float64) int { return min(max(int(s*media.SampleRate), 0), len(of)) }
	return of[clip(from):clip(to)]
}

func (h *heardEcho) mic(from, to float64) []float64  { return between(h.heard, from, to) }
func (h *heardEcho) sent(from, to float64) []float64 { return between(h.out, from, to) }

// delay is from the speaker to the microphone, in milliseconds, two seconds from a time on.
func (h *heardEcho) delay(b *testing.B, from float64) float64 {
	b.Helper()
	late, _, err := quality.Delay(between(h.played, from, from+2), between(h.heard, from, from+3), 0, media.SampleRate)
	if err != nil {
		b.Fatal(err)
	}
	return 1000 * float64(late) / media.SampleRate
}

func samplesOf(d time.Duration) int { return int(d * media.SampleRate / time.Second) }

// hearEcho lets an engine play the far end into a room, with a talker in it or nil.
func hearEcho(b *testing.B, way room.Way, far []int16, talker []float64, settings voice.Settings) *heardEcho {
	b.Helper()
	d := lab.NewDesks(b, 0, "a")
	useDesks(b, d)
	enterRoom(b, d, way, talker)
	cancel, seen := witnessed(cancellers(b))
	engine := audio.Open(audio.Options{
		Microphone: choice(b, media.Microphone, "a-microphone"), Speaker: choice(b, media.Speaker, "a-speaker"),
		Voice: options(settings, cancel, suppressors(b)),
	})
	kept := keep(engine.Sound())
	engine.Use(true, true)
	lab.Pass(b.Context(), 3*time.Second) // devices settle, the room is quiet
	r := record(b, d, 1)
	p := &farEnd{samples: far, kept: kept}
	remove := engine.Add(p)
	lab.Pass(b.Context(), echoLength+2*time.Second)
	reading := engine.Reading()
	b.Logf("engine: output delay %v, starved %d, lost %d, ahead %d, skipped %d",
		reading.OutputDelay, reading.Starved, reading.Lost, reading.Ahead, reading.Skipped)
	remove()
	r.end(b)
	if err := engine.Close(); err != nil {
		b.Error(err)
	}
	begin := max(0, slices.IndexFunc(r.frames[1], func(v int16) bool { return v != 0 }))
	played, heard := r.speaker(0)[begin:], r.voice(0)[begin:]
	b.Logf("the echo's delay where it changed, s:ms, in the room:%s; for the canceller:%s", changes(played, heard), changes(seen.seen()))
	return &heardEcho{played, heard, floats(kept.wait()[p.began:])}
}

// farEnd plays samples once.
type farEnd struct {
	samples []int16
	kept    *keptSound
	played  int
	began   int // steps that were sent before
}

// Play implements media.Player.
func (p *farEnd) Play(out *[media.StepSamples]int16) {
	if p.played == 0 {
		p.began = p.kept.len()
	}
	p.played += copy(out[:], p.samples[min(p.played, len(p.samples)):])
}

// keptSound is all that a feed brought.
type keptSound struct {
	ended   chan struct{}
	mu      sync.Mutex
	samples []int16
}

func keep(feed *media.SoundFeed) *keptSound {
	k := &keptSound{ended: make(chan struct{})}
	l := feed.Listen()
	go func() {
		defer close(k.ended)
		var s media.Sound
		for l.Next(context.Background(), &s) == nil {
			k.mu.Lock()
			k.samples = append(k.samples, s.Samples[:]...)
			k.mu.Unlock()
		}
	}()
	return k
}

func (k *keptSound) len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.samples)
}

// wait returns all of it once the feed has ended.
func (k *keptSound) wait() []int16 {
	<-k.ended
	return k.samples
}

// enterRoom puts a room between the speaker and the microphone of the desk "a", for as
// long as the benchmark.
func enterRoom(b *testing.B, d *lab.Desks, way room.Way, talker []float64) {
	b.Helper()
	way.Delay = max(way.Delay-serverDelay, time.Millisecond)
	air := d.Speaker("a", inTheAir)
	in, err := air.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := air.Start(); err != nil {
		b.Fatal(err)
	}
	w := &walls{path: room.NewPath(way), talker: talker, air: in}
	b.Cleanup(func() {
		end(b, air)
		if w.err != nil {
			b.Error("the room lets nothing through:", w.err)
		}
	})
	openDevices(b, endpoint{malgo.Capture, "a-speaker.monitor", 2, w.hear})
}

// walls are a room at work. A device's callback brings what its speaker plays, and what
// its microphone is to hear waits in the sound server, so that the echo's delay stays
// the same while the machine has no time for the room.
type walls struct {
	path   *room.Path
	talker []float64
	air    io.Writer
	err    error
	step   [media.StepSamples]int16
	filled int
	begun  bool
	since  int // samples of the talker that were heard
}

// hear takes what the speaker plays.
func (w *walls) hear(frames []int16) {
	for _, v := range frames {
		w.step[w.filled] = v
		if w.filled++; w.filled == media.StepSamples {
			w.echo()
			w.filled = 0
		}
	}
}

// echo makes 10 ms of the microphone. The room's time begins with the far end.
func (w *walls) echo() {
	w.begun = w.begun || w.step != [media.StepSamples]int16{}
	var mic [media.StepSamples]int16
	if w.begun {
		w.path.Step(&w.step, &mic)
		for i := range mic {
			if at := w.since + i; at < len(w.talker) {
				mic[i] = int16(min(max(float64(mic[i])+32768*w.talker[at], -32768), 32767))
			}
		}
		w.since += media.StepSamples
	}
	var raw [2 * media.StepSamples]byte
	for i, v := range mic {
		binary.LittleEndian.PutUint16(raw[2*i:], uint16(v))
	}
	if w.err == nil {
		_, w.err = w.air.Write(raw[:])
	}
}
