//go:build e2e

package videobench

import (
	"time"

	"parley/ui/e2e/lab"
)

// A forecast is a network that changes: each spell of weather lasts some time.
// Figures are of all of it but the lead.
type forecast struct {
	name   string
	spells []spell
}

type spell struct {
	weather lab.Weather
	length  time.Duration
	steady  bool // what is reached by its end is judged: utilisation and queue
}

// oneWay is the delay of the paths, each way: a country away.
const oneWay = 20 * time.Millisecond

// lead is how long a call goes on until it is judged.
const lead = 8 * time.Second

func forecasts() []forecast {
	const mega = 1_000_000
	link := func(rate int, loss float64, jitter time.Duration) lab.Weather {
		return lab.Weather{Rate: rate, Delay: oneWay, Loss: loss, Jitter: jitter}
	}
	return []forecast{
		{"steady", []spell{{link(3*mega, 0, 0), 30 * time.Second, true}}},
		{"3, 0.5, 3 Mbit", []spell{
			{link(3*mega, 0, 0), 16 * time.Second, true},
			{link(mega/2, 0, 0), 16 * time.Second, true},
			{link(3*mega, 0, 0), 20 * time.Second, true},
		}},
		{"loss 5 %", []spell{{link(3*mega, 0.05, 0), 30 * time.Second, true}}},
		{"loss 10 %", []spell{{link(3*mega, 0.10, 0), 30 * time.Second, true}}},
		{"a burst of 200 ms of jitter", []spell{
			{link(3*mega, 0, 0), 14 * time.Second, false},
			{link(3*mega, 0, 200*time.Millisecond), 2 * time.Second, false},
			{link(3*mega, 0, 0), 14 * time.Second, true},
		}},
	}
}
