//go:build e2e

// Package videobench measures the picture: over networks that change, beside
// Chromium over the same ones, and what it costs. Nothing in it passes or fails;
// "make bench-video" prints the tables of docs/benchmarks.md.
package videobench
