// Package bench measures the whole program as its user runs it, beside its
// limits: what libvpx alone would take for the same frames. Nothing here passes
// or fails by a number. docs/benchmarks.md tells how to read the tables.
//
// Everything but this sentence needs the build tag e2e.
package bench
