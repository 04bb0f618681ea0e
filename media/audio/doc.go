// Package audio is the sound engine: it takes steps of 10 ms from a microphone
// and gives steps of 10 ms to a speaker, whatever these are at the moment.
//
// Three parties work on it. The device's callback, on a thread of the sound
// system, copies between the device and two lock-free rings. The worker moves
// steps between the rings, the listeners and the players; where there is no
// device it goes by the clock. The keeper opens, watches and exchanges devices,
// in goroutines that may hang in a sound system without holding up the others.
//
// It may import the standard library, the root media, media/clip and malgo. It
// needs cgo.
package audio
