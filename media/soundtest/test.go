package soundtest

import (
	"context"
	"sync"
	"time"

	"parley/media"
)

const (
	// Longest is how long a recording becomes.
	Longest = 5 * time.Second
	// patience is how much longer than its sound an activity may take, where the
	// devices do not deliver.
	patience = 2 * time.Second

	most = int(Longest / time.Second * media.SampleRate)
)

// State is what a Test does.
type State string

// The states.
const (
	Idle      State = ""
	Recording State = "recording"
	Playing   State = "playing" // what was recorded
	Chiming   State = "chiming"
)

// Options are what a Test is made of. Feed and Add are required.
type Options struct {
	Feed *media.SoundFeed                     // the microphone, as others hear it
	Add  func(p media.Player) (remove func()) // lets the speaker play p until it is removed

	// Raw returns how loud the microphone is before its sound is processed (peak,
	// 0 to 1), so that a room that was cleaned of all noise is not taken for a
	// microphone that is dead. nil: Feed is all that is known.
	Raw func() float32

	// Missing reports whether there is no microphone now, so that the silence which
	// Feed has then is not taken for that of a dead one. nil: there is one if sound comes.
	Missing func() bool

	// Changed is told that the state has changed. It is called from any goroutine,
	// must not block, and must not call the Test, except Read. May be nil.
	Changed func()
}

// Test does one thing at a time: each begins by ending what was under way. Its
// methods may be called from any goroutine and are back within a tenth of a
// second. It holds no more than Longest of sound.
type Test struct {
	o Options

	turn   sync.Mutex         // held while an activity is ended and another begun
	cancel context.CancelFunc // of the activity; nil: there was none yet
	work   sync.WaitGroup
	closed bool

	sound []int16 // what was recorded; owned by the activity

	mu   sync.Mutex
	read Reading
}

// New returns a test that does nothing yet. The caller closes it.
func New(o Options) *Test { return &Test{o: o} }

// Record listens to the microphone for Longest, or until something else is
// begun. What was recorded before is lost.
func (t *Test) Record() { t.begin(Recording, t.record) }

// Play plays what was recorded, once. If there is nothing it only ends what was
// under way.
func (t *Test) Play() {
	t.begin(Playing, func(ctx context.Context) { t.play(ctx, t.sound) })
}

// Chime lets the speaker sound, once.
func (t *Test) Chime() {
	t.begin(Chiming, func(ctx context.Context) { t.play(ctx, chime()) })
}

// Stop ends what is under way. What was recorded until then can be played.
func (t *Test) Stop() { t.begin(Idle, nil) }

// Close ends the test, and what is under way. It is idempotent; a closed test
// does nothing any more.
func (t *Test) Close() error {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.end()
	t.closed, t.sound = true, nil
	return nil
}

// Read returns what the test does and heard.
func (t *Test) Read() Reading {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.read
}

// begin ends what is under way, and begins do.
func (t *Test) begin(s State, do func(ctx context.Context)) {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.end()
	if t.closed || do == nil || s == Playing && len(t.sound) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), Longest+patience)
	t.cancel = cancel
	t.enter(s)
	t.work.Go(func() {
		defer cancel()
		do(ctx)
		t.enter(Idle)
	})
}

// end ends what is under way and waits for it.
func (t *Test) end() {
	if t.cancel != nil {
		t.cancel()
	}
	t.work.Wait()
}

func (t *Test) enter(s State) {
	t.update(func(r *Reading) { r.State, r.Position, r.Level = s, 0, 0 })
	if t.o.Changed != nil {
		t.o.Changed()
	}
}

func (t *Test) update(change func(r *Reading)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.read)
}
