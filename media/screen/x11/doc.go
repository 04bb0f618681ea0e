// Package x11 speaks to X servers: just what it takes to see the windows and
// screens of one and to copy their pixels into memory that both share.
//
// It is written anew because what captures a screen thirty times a second must
// not allocate, must not wait for a server that hangs, and must not end the
// program when a window goes away under it, none of which can be had from the
// libraries. A Conn is synchronous, has no goroutine and is used by one. What is
// sent and read follows the X Window System Protocol, X11R7, and the protocols
// of the extensions MIT-SHM 1.2, XFIXES 2, DAMAGE 1.1, Composite 0.2 and RANDR
// 1.5. It may import the standard library, golang.org/x/sys and nothing of this
// module.
package x11
