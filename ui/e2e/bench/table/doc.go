// Package table collects what benchmarks measure and prints it as Markdown.
//
// Everything but this sentence needs the build tag e2e.
package table
