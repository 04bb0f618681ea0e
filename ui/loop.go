package ui

import (
	"bytes"
	"runtime"
	"strconv"
)

// Loop runs functions on the toolkit's goroutine, and nowhere else. Fyne ends by
// itself when a signal comes, and from then on its Do calls a function at once, on
// whatever goroutine asks: it would draw in windows that are no more, and GLFW,
// which has ended, answers that with a panic. Such functions are dropped.
type Loop struct {
	post func(func())
	own  uint64
}

// NewLoop makes a Loop of Fyne's Do. It must be called on the main goroutine,
// which is the one where Fyne runs.
func NewLoop(post func(func())) Loop { return Loop{post: post, own: goroutine()} }

// Do has f run later on the toolkit's goroutine, if it is still there.
func (l Loop) Do(f func()) {
	l.post(func() {
		if goroutine() == l.own {
			f()
		}
	})
}

// goroutine is the number of the goroutine that asks, which the runtime tells only
// at the head of its traces: “goroutine 18 [running]:”.
func goroutine() uint64 {
	var trace [64]byte
	_, after, _ := bytes.Cut(trace[:runtime.Stack(trace[:], false)], []byte(" "))
	number, _, _ := bytes.Cut(after, []byte(" "))
	id, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		panic("the runtime writes its traces in another way: " + err.Error())
	}
	return id
}
