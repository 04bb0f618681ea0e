// Package call decides, for any state of a call and any event, the next state
// and what must be done. Step is a pure function: no input or output, no clock,
// no randomness, so every interleaving of two ends can be explored (see
// call/calltest). Package session runs it, peer and the signaling clients carry
// out its effects, book remembers its outcomes.
//
// It may import the standard library and the other roots (signaling, media) only.
package call
