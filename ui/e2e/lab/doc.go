// Package lab starts what the end-to-end tests need around a Parley: the program
// itself, hubs, displays, sound servers, and files that stand in for cameras
// and microphones. Everything it starts ends with the test.
//
// Everything but this sentence needs the build tag e2e.
package lab
