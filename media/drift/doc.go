// Package drift keeps two sound devices in step whose clocks are not: it
// measures how fast a device runs (Meter), changes the rate of sound by parts in
// a million (Resampler), and decides by how much from the fill of the ring
// between the two (Pacer). Nothing here is audible: rates change slowly, and by
// less than a hundredth of a semitone's tenth unless something went wrong.
//
// It is pure: no clock is read, no goroutine is started, nothing is allocated
// once things are made. It imports the standard library, media and
// media/sinc only.
package drift
