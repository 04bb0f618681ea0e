package audio

import (
	"testing"
	"time"

	"parley/media"
)

func TestPhase_ChangesWhereHalfAStepIsWon(t *testing.T) {
	const bite = media.StepSamples / 2
	tests := []struct {
		name   string
		sooner bool
		early  time.Duration
		known  bool
		bite   int
		want   int
	}{
		{"packets come long before", false, 7 * time.Millisecond, true, bite, -bite},
		{"so they do in the other", true, 7 * time.Millisecond, true, bite, bite},
		{"half a step would be too much", false, 5 * time.Millisecond, true, bite, 0},
		{"just in time", true, 0, true, bite, bite},
		{"just in time anyway", false, 0, true, bite, 0},
		{"nobody knows", false, 7 * time.Millisecond, false, bite, 0},
		{"whole steps are taken", false, 7 * time.Millisecond, true, media.StepSamples, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := phase{sooner: tt.sooner}
			for range leastCertain - 1 {
				if by := p.judge(tt.early, tt.known, tt.bite); by != 0 {
					t.Fatalf("at once %d", by)
				}
			}
			if by := p.judge(tt.early, tt.known, tt.bite); by != tt.want {
				t.Errorf("%d, not %d", by, tt.want)
			}
			if p.sooner != (tt.sooner != (tt.want != 0)) {
				t.Errorf("sooner is %v", p.sooner)
			}
		})
	}
}

func TestPhase_ThatIsNeverRightRests(t *testing.T) {
	var p phase
	changes := 0
	for range 3600 {
		if p.judge(7*time.Millisecond, true, media.StepSamples/2) != 0 {
			changes++
		}
	}
	if changes < 4 || changes > 90 {
		t.Errorf("%d changes in an hour", changes)
	}
}

// earlyPlayer knows how early it is.
type earlyPlayer struct {
	by    time.Duration
	known bool
}

func (earlyPlayer) Play(*[media.StepSamples]int16) {}

func (e earlyPlayer) Early() (time.Duration, bool) { return e.by, e.known }

func TestGroup_Early_IsTheLeastThatIsKnown(t *testing.T) {
	var g group
	g.add(&murmur{})
	if _, known := g.early(); known {
		t.Error("nobody knows")
	}
	g.add(earlyPlayer{1, false})
	g.add(earlyPlayer{7, true})
	g.add(earlyPlayer{5, true})
	if by, known := g.early(); by != 5 || !known {
		t.Errorf("%d, %v", by, known)
	}
}
