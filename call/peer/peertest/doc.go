// Package peertest helps to test what is built on package peer: one end of a
// call with made-up codecs and devices, and a link between two ends. The codecs
// refuse what a real decoder could not decode, so a picture that is shown came
// through whole and in order.
package peertest
