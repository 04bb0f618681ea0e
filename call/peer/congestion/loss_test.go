package congestion

import (
	"testing"
	"time"
)

// What was lost because more was sent than a path carries that became narrower is told
// of when less is sent already, and is no reason for still less.
func TestLossBound_PardonsWhatACutHasAnswered(t *testing.T) {
	for _, pardoned := range []bool{true, false} {
		var l lossBound
		const cut = 10 * time.Second
		l.add(60, 0, cut-ms)
		if pardoned {
			l.pardon(cut + 500*ms)
		}
		for at := cut; at < cut+1700*ms; at += 100 * ms {
			lost := 0
			if at < cut+500*ms {
				lost = 8
			}
			l.add(10, lost, at)
			l.judge(240_000, false, at)
		}
		if cuts := l.bound > 0; cuts == pardoned {
			t.Errorf("pardoned %t: the bound is %.0f", pardoned, l.bound)
		}
	}
}

// The loss of a path is found by an experiment, which a cut for delay does not end.
func TestLossBound_APardonEndsNoExperiment(t *testing.T) {
	l := lossBound{before: 0.1, settled: time.Second}
	if l.pardon(time.Minute); l.settled != time.Second {
		t.Errorf("the experiment goes on until %v", l.settled)
	}
}
