// Package screen records what is on the screen, for showing it to the other
// side: a whole screen, one window, or a region of either, as a source like
// those of package camera.
//
// On Linux it asks the X server itself, by way of package x11, and takes only
// what has changed; on Wayland it asks the desktop for permission and for the
// picture, by way of packages portal and pipewire. On Windows and macOS the
// drivers of mediadevices copy whole screens, as often as they are asked; they
// know no windows. It may import the standard library, mediadevices' drivers,
// media, media/camera, media/codec and what lies below it.
package screen
