//go:build e2e

package videobench

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/ui/e2e/lab"
)

// player shows the clip over a path while during runs.
type player func(b *testing.B, f *footage, path *lab.Path, during func(context.Context)) *showing

// BenchmarkNetwork shows the clip over networks that change: from a Parley to a
// Parley, and from a Chromium to a Chromium.
func BenchmarkNetwork(b *testing.B) {
	clip := shoot(hd())
	for _, f := range forecasts() {
		b.Run(f.name, func(b *testing.B) {
			b.Run("Parley", func(b *testing.B) { f.run(b, clip, "Parley", parley) })
			b.Run("Chromium", func(b *testing.B) { f.run(b, clip, "Chromium", chromium) })
		})
	}
}

// steadyFor is how long the end of a spell is that is judged for what was reached.
const steadyFor = 8 * time.Second

// use is how a path was used at the end of a spell.
type use struct {
	from, to time.Duration // of the spell
	share    float64       // of the rate that it has
	wait     float64       // ms in the queue, 95th percentile
}

// run lets the weather happen and adds the rows.
func (f forecast) run(b *testing.B, clip *footage, who string, show player) {
	b.Helper()
	path := lab.NewPath(b)
	path.Set(0, f.spells[0].weather)
	path.Set(1, lab.Weather{Delay: oneWay})
	var uses []use
	end := lead
	seen := show(b, clip, path, func(ctx context.Context) {
		lab.Pass(ctx, lead)
		for _, s := range f.spells {
			path.Set(0, s.weather)
			u := use{from: end, to: end + s.length}
			lab.Pass(ctx, s.length-min(steadyFor, s.length))
			path.Meter(0)
			lab.Pass(ctx, min(steadyFor, s.length))
			m := path.Meter(0)
			if s.steady {
				u.share, u.wait = 100*float64(m.Bytes*8)/m.Duration.Seconds()/float64(s.weather.Rate), waited(m.Waits)
				uses = append(uses, u)
			}
			end += s.length
		}
	})
	f.report(b, who, clip, seen, uses, end)
}

func (f forecast) report(b *testing.B, who string, clip *footage, seen *showing, uses []use, end time.Duration) {
	b.Helper()
	v := seen.judge(b, clip, lead, end)
	add := func(what, unit string, value float64) {
		results.Add(fmt.Sprintf("%s: %s, %s", f.name, what, who), unit, value)
	}
	add("frames shown", "1/s", v.frames)
	add("width", "pixels", v.width)
	add("delay, median", "ms", v.delay)
	add("delay, 95 %", "ms", v.slowest)
	add("freezes", "", v.freezes)
	add("frozen", "s", v.frozen)
	add("PSNR", "dB", v.psnr)
	add("SSIM", "", v.ssim)
	add("age on the screen, median", "ms", v.age)
	add("age on the screen, 95 %", "ms", v.oldest)
	add("PSNR on the screen", "dB", v.stoodPSNR)
	add("SSIM on the screen", "", v.stoodSSIM)
	for i, u := range uses {
		add(fmt.Sprintf("use of the link, spell %d", i+1), "%", u.share)
		add(fmt.Sprintf("queue, 95 %%, spell %d", i+1), "ms", u.wait)
		if i > 0 {
			add(fmt.Sprintf("until steady, spell %d", i+1), "s", seen.settled(u.from, u.to).Seconds())
		}
	}
}

func waited(waits []time.Duration) float64 {
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return waits[len(waits)*95/100].Seconds() * 1000
}
