package peer

import (
	"testing"

	"parley/media"
)

func TestNearness_ChangesWhereItIsQuiet(t *testing.T) {
	const loud, still = 0.1, 0.0001
	var n nearness
	for i, row := range []struct {
		packets int // of 10 ms
		fit     bool
		level   float64
		want    bool // after each but the last
		last    bool
	}{
		{100, true, loud, false, false},  // in the midst of a word
		{5, true, still, false, false},   // a pause
		{100, true, loud, true, true},    // the first word after it
		{19, true, still, true, true},    // between words
		{100, true, loud, true, true},    //
		{20, true, still, true, false},   // a long pause
		{100, true, still, false, false}, //
		{10, true, loud, true, true},     //
		{31, false, loud, true, false},   // copies are needed, and nobody pauses
		{10, false, still, false, false}, //
		{10, false, loud, false, false},  //
		{1, true, still, false, false},   //
		{10, true, loud, true, true},     //
		{20, false, loud, true, true},    //
		{10, true, loud, true, true},     // no more
		{20, false, loud, true, true},    //
		{1, false, still, false, false},  // at the first pause
	} {
		for packet := range row.packets {
			want := row.want
			if packet == row.packets-1 {
				want = row.last
			}
			if got := n.next(row.fit, row.level, ms(10)); got != want {
				t.Fatalf("row %d, packet %d: near is %v", i, packet, got)
			}
		}
	}
}

func TestSoundPolicy_NearOnlyWhereNothingIsLost(t *testing.T) {
	p := newPath(browser)
	if plan := p.plan(false, p.now); plan.near {
		t.Errorf("the path is not known: %+v", plan)
	}
	if plan, _ := p.run(6, 0); !plan.near {
		t.Errorf("on a clean path: %+v", plan)
	}
	if plan, _ := p.run(1, 0.01); plan.near || plan.settings.Loss == 0 {
		t.Errorf("packets are lost: %+v", plan)
	}
	w := browser
	w.Stereo = true
	p = newPath(w)
	p.run(6, 0)
	if plan := p.plan(true, p.now); plan.near {
		t.Errorf("two channels: %+v", plan)
	}
}

func TestAudioSender_CopiesComeBackWithLoss(t *testing.T) {
	b := newBooth(t, browser)
	b.clean()
	b.speak(10, 0)
	b.speak(50, 3000)
	newest := func() media.AudioSettings { return b.encoder.settings[len(b.encoder.settings)-1] }
	if s := newest(); !s.Near || s.Loss != 0 {
		t.Errorf("on a clean path: %+v", s)
	}
	b.change(func(p *soundPolicy) { p.reported(0.05, 0, b.at) })
	b.speak(50, 3000)
	if s := newest(); s.Near || s.Loss != 5 {
		t.Errorf("with loss: %+v", s)
	}
}
