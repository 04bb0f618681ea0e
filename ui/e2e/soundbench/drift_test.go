//go:build e2e

package soundbench

import (
	"math"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
	"parley/ui/e2e/bench/table"
	"parley/ui/e2e/lab"
)

const (
	driftPPM  = 100
	driftTone = 1000 // Hz
)

// BenchmarkDrift lets two Parleys call each other whose sound devices run at
// different speeds: those of the second are on a sound server whose clock is
// 100 ppm fast. A tone is sent, and watched for glitches where it is heard;
// before and after, speech tells the delay. Nothing is taken out of the voice,
// since a tone would be. It lasts two minutes, or MINUTES.
func BenchmarkDrift(b *testing.B) {
	minutes := 2.0
	if text := os.Getenv("MINUTES"); text != "" {
		var err error
		if minutes, err = strconv.ParseFloat(text, 64); err != nil {
			b.Fatal(err)
		}
	}
	slow, fast := lab.NewDesks(b, 0, "a"), lab.NewDesks(b, driftPPM, "b")
	results.Add("drift: how much faster the second sound server is", "ppm", apart(b, slow, fast))
	caller, called := call(b.Context(), b, slow, fast, "--process", "none")
	pair := []*lab.Parley{caller, called}
	results.Add("drift: delay at the start", "ms", acrossDesks(b, slow, fast)...)
	before := resident(b, pair)

	source, glitches := watchTone(b, slow, 0), watchTone(b, fast, 1)
	statsBefore := called.Ask(b.Context(), "stats")
	stop := keepSaying(b, slow, "a", tone())
	lab.Pass(b.Context(), time.Duration(minutes*float64(time.Minute)))
	stop()
	stats := called.Ask(b.Context(), "stats")
	said, heard := source(), glitches()
	sent, seen := said.sofar, heard.sofar
	after := resident(b, pair)
	results.Add("drift: delay at the end", "ms", acrossDesks(b, slow, fast)...)

	during := func(name string) float64 { return stats.Number(name) - statsBefore.Number(name) }
	results.Add("drift: minutes of the tone", "min", float64(seen.Blocks)*toneBlock.Minutes())
	results.Add("drift: glitches of the tone as it is said, which are of the benchmark", "", float64(sent.Glitches))
	results.Add("drift: glitches of the tone as it is heard", "", float64(seen.Glitches))
	results.Add("drift: seconds in which the tone is said but not heard", "s", heard.silences.Seconds())
	results.Add("drift: concealed during the tone", "samples", during("inbound.audio.concealedSamples"))
	results.Add("drift: left out to keep up during the tone", "samples", during("inbound.audio.removedSamplesForAcceleration"))
	results.Add("drift: put in to keep up during the tone", "samples", during("inbound.audio.insertedSamplesForDeceleration"))
	for i, who := range []string{"caller", "called"} {
		results.Add("drift: memory of the "+who+" at the start", "MiB", before[i])
		results.Add("drift: memory of the "+who+" at the end", "MiB", after[i])
	}
	b.Logf("the tone as said:  %+v", sent)
	b.Logf("the tone as heard: %+v, last glitch after %v; silent at %v", seen, heard.glitched, heard.silentAt)
	b.Logf("the called said:\n%s", called.Log())
}

// toneBlock is about what quality.Tone judges at a time.
const toneBlock = 5 * time.Millisecond

// tone is a second of a tone, which goes on where it ended when it is repeated. Another
// one, three times as high, comes and goes with it four times a second: a voice codec
// takes a tone that never changes for noise in which nobody speaks, and sends no more of
// it (DTX). In blocks of 5 ms the one is not seen in the other.
func tone() []int16 {
	out := make([]int16, media.SampleRate)
	for i := range out {
		at := 2 * math.Pi * float64(i) / media.SampleRate
		out[i] = int16(8000*math.Sin(driftTone*at) + 1500*(1-math.Cos(4*at))*math.Sin(3*driftTone*at))
	}
	return out
}

// watchTone watches the tone that is said (channel 0) or heard (1) at the only
// desk of a server, from when it is there until the returned function is called.
func watchTone(b *testing.B, d *lab.Desks, channel int) (glitches func() *toneWatch) {
	b.Helper()
	cmd := d.Recorder()
	out := listen(b, cmd)
	watched := make(chan *toneWatch, 1)
	go func() {
		w := &toneWatch{channel: channel, tone: quality.NewCodedTone(driftTone, media.SampleRate)}
		pull(out, 2, func(frames []int16, _ time.Time) { w.hear(frames) })
		watched <- w
	}()
	return func() *toneWatch {
		end(b, cmd)
		return <-watched
	}
}

// toneWatch leaves out how a tone begins and ends.
type toneWatch struct {
	channel int
	tone    *quality.Tone
	second  []int16
	passed  time.Duration
	begun   bool
	loud    int                // seconds
	quiet   []time.Duration    // seconds since it was there last
	sofar   quality.ToneReport // before the last second, which may hold the end

	silences time.Duration   // in which it was not there, between its beginning and its end
	silentAt []time.Duration // when those were
	glitched []time.Duration // seconds that held glitches, a second late
}

// hear takes frames of a voice and a speaker.
func (w *toneWatch) hear(frames []int16) {
	for i := w.channel; i < len(frames); i += 2 {
		w.second = append(w.second, frames[i])
		if len(w.second) < media.SampleRate {
			continue
		}
		w.judge(math.Sqrt(quality.Power(floats(w.second))) * 32768)
		w.second = w.second[:0]
		w.passed += time.Second
	}
}

// judge takes a second of that root mean square into account.
func (w *toneWatch) judge(level float64) {
	const loud = 500 // of the tone's 5657
	if level < loud {
		w.loud = 0
		if w.begun {
			w.quiet = append(w.quiet, w.passed)
		}
		return
	}
	w.silentAt = append(w.silentAt, w.quiet...)
	w.silences = time.Duration(len(w.silentAt)) * time.Second
	w.quiet = nil
	if w.loud++; w.loud <= settledSeconds {
		return
	}
	w.begun = true
	before := w.sofar.Glitches
	if w.sofar = w.tone.Report(); w.sofar.Glitches > before {
		w.glitched = append(w.glitched, w.passed-time.Second)
	}
	w.tone.Watch(w.second)
}

// settledSeconds of a tone are left out: what came before it has an effect yet.
const settledSeconds = 3

// acrossDesks says something at the only desk of one server and measures, in
// milliseconds, when it is heard at that of another. The clock that both share is
// the computer's, by which the two recordings are known to a few milliseconds.
func acrossDesks(b *testing.B, from, to *lab.Desks) []float64 {
	b.Helper()
	said, heard := record(b, from, 1), record(b, to, 1)
	say(b, from, "a", speech(b, woman, settled+10*time.Second))
	lab.Pass(b.Context(), time.Second)
	said.end(b)
	heard.end(b)
	later := heard.began.Sub(said.began).Seconds() * media.SampleRate
	voice, speaker := said.voice(0), heard.speaker(0)
	if later >= 0 {
		voice = voice[min(int(later), len(voice)):]
	} else {
		speaker = speaker[min(int(-later), len(speaker)):]
	}
	found := delays(b, voice, speaker)
	if len(found) == 0 {
		b.Fatal("what is said is not heard")
	}
	b.Logf("delay %.1f ms, of %d", table.Median(found), len(found))
	return found
}

// apart measures by how many ppm one sound server runs faster than another.
func apart(b *testing.B, slow, fast *lab.Desks) float64 {
	b.Helper()
	const long = 15 * time.Second
	measured := make([]rate, 2)
	var ended sync.WaitGroup
	var commands []*exec.Cmd
	for i, d := range []*lab.Desks{slow, fast} {
		cmd := d.Recorder()
		out := listen(b, cmd)
		ended.Go(func() {
			pull(out, 2, func(frames []int16, at time.Time) { measured[i].note(len(frames)/2, at) })
		})
		commands = append(commands, cmd)
	}
	lab.Pass(b.Context(), long)
	for _, c := range commands {
		end(b, c)
	}
	ended.Wait()
	return measured[1].ppm() - measured[0].ppm()
}

// rate finds the rate of samples from the most punctual of each second.
type rate struct {
	begin time.Time
	total int
	best  []float64 // by second: samples ahead of the computer's clock
	when  []float64
}

func (r *rate) note(samples int, at time.Time) {
	if r.begin.IsZero() {
		r.begin = at
	}
	r.total += samples
	seconds := at.Sub(r.begin).Seconds()
	ahead := float64(r.total) - seconds*media.SampleRate
	if int(seconds) >= len(r.best) {
		r.best, r.when = append(r.best, ahead), append(r.when, seconds)
	} else if last := len(r.best) - 1; ahead > r.best[last] {
		r.best[last], r.when[last] = ahead, seconds
	}
}

// ppm is the slope of the line of least squares, without the first second.
func (r *rate) ppm() float64 {
	var n, sx, sy, sxx, sxy float64
	for i := 1; i < len(r.best)-1; i++ {
		x, y := r.when[i], r.best[i]
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx) / media.SampleRate * 1e6
}

// resident is the memory of each Parley in MiB.
func resident(b *testing.B, parleys []*lab.Parley) []float64 {
	b.Helper()
	var out []float64
	for _, p := range parleys {
		out = append(out, p.Ask(b.Context(), "stats").Number("process.rss")/(1<<20))
	}
	return out
}
