// Package soundbench measures the sound of a call: echo, noise, bad networks, the
// delay from mouth to ear, and what all that costs. See docs/benchmarks.md.
//
// It is run by "make bench-audio". Nothing in it passes or fails by a number.
// Everything but this sentence needs the build tag e2e.
package soundbench
