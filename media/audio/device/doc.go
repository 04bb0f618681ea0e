// Package device reaches the machine's microphones and speakers: it lists them,
// and opens each for itself, so that one that fails or is exchanged does not
// disturb another.
//
// A device's callback runs on a thread of the sound system. It copies between
// the device and a lock-free ring, and posts; it does not allocate, lock or log.
//
// It may import the standard library, the root media and malgo. It needs cgo.
package device
