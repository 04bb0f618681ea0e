// Package camera gives the program its own picture: from a camera, from the
// pattern, from a clip, or, when there is none of these, from a calm placeholder
// that moves. A Pump owns one source at a time and publishes its frames into a
// media.Feed; whatever fails, the feed goes on.
//
// Cameras are driven by V4L2 itself on Linux, and elsewhere by pion/mediadevices,
// which needs C. The package may import the standard library, x/sys, mediadevices'
// drivers, media and what lies below it.
package camera
