package ui

import "testing"

// A toolkit that runs calls functions on its own goroutine; one that has ended, at
// once on the goroutine of whoever asks.
func TestLoop_DropsWhatComesAfterTheToolkit(t *testing.T) {
	var queue []func()
	over := false
	loop := NewLoop(func(f func()) {
		if over {
			f()
			return
		}
		queue = append(queue, f)
	})
	ran := 0
	ask := func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			loop.Do(func() { ran++ })
		}()
		<-done
	}
	ask()
	for _, f := range queue {
		f()
	}
	if ran != 1 {
		t.Errorf("what was asked for while the toolkit ran was called %d times", ran)
	}
	over = true
	ask()
	if ran != 1 {
		t.Error("what was asked for after the toolkit's end ran on the goroutine that asked")
	}
}
