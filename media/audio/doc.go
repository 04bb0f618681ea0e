// Package audio is the sound engine: it takes steps of 10 ms from a microphone,
// takes echo and noise out of them, and gives steps of 10 ms to a speaker,
// whatever these are at the moment.
//
// The microphone's clock is the clock of everything. Each step that it delivers
// makes one step of all players, so that what was heard and what was played reach
// the echo canceller in lockstep; on the way to the speaker the sound is
// resampled to that device's clock. Without a microphone the speaker's demand is
// the clock, and without both the computer's.
//
// Three parties work on it. The devices' callbacks, on threads of the sound
// system, copy and post (see package device). The worker moves steps. The keeper
// opens, watches and exchanges devices, each by itself, in goroutines that may
// hang in a sound system without holding up the others.
//
// It may import the standard library, the root media, and media/audio/device,
// media/clip, media/drift and media/voice. It needs cgo.
package audio
