//go:build e2e

package soundbench

import (
	"fmt"
	"strings"
	"sync"

	"parley/media"
	"parley/media/quality"
	"parley/media/voice"
)

// witness keeps what a canceller is handed, so that it can be told where the delay
// between the two changed, which the canceller has to follow.
type witness struct {
	voice.Canceller

	mu        sync.Mutex
	near, far []float64
}

// Cancel implements voice.Canceller.
func (w *witness) Cancel(near, far *voice.Step) error {
	w.mu.Lock()
	for i := range near {
		w.near, w.far = append(w.near, float64(near[i])), append(w.far, float64(far[i]))
	}
	w.mu.Unlock()
	return w.Canceller.Cancel(near, far)
}

// witnessed lets a witness stand beside the first of some cancellers.
func witnessed(of []part[voice.Canceller]) ([]part[voice.Canceller], *witness) {
	w, first := &witness{}, of[0]
	return []part[voice.Canceller]{{first.name, func() (voice.Canceller, error) {
		c, err := first.make()
		w.Canceller = c
		return w, err
	}}}, w
}

// seen returns what was handed to the canceller so far.
func (w *witness) seen() (far, near []float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.far, w.near
}

// changes describes the delay of an echo as "SECOND:MILLISECONDS", twice a second,
// wherever it is not what it was before.
func changes(far, near []float64) string {
	const piece, most = media.SampleRate / 2, media.SampleRate * 6 / 10
	var out strings.Builder
	last := -1
	for at := 0; at+piece+most <= min(len(far), len(near)); at += piece {
		said := far[at : at+piece]
		if quality.Decibels(quality.Power(said)) < -50 {
			continue
		}
		late, likeness, err := quality.Delay(said, near[at:at+piece+most], 0, most)
		if err != nil || likeness < 0.3 || late-last <= 4 && last-late <= 4 && last >= 0 {
			continue
		}
		last = late
		fmt.Fprintf(&out, " %.1f:%.2f", float64(at)/media.SampleRate, 1000*float64(late)/media.SampleRate)
	}
	return out.String()
}
