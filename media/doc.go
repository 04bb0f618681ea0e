// Package media names pictures and sound in memory and hands them from the
// goroutine that makes them to those that use them: newest wins for pictures,
// a short bounded queue for sound. Devices, codecs and playout live below it.
//
// It may import the standard library and the other roots only, so it needs no C.
package media
