// Package station joins everything that a running Parley needs except a face:
// the session, the server connection, its own hub when no server is given, the
// peer, the devices, the book and the settings. The window and the headless
// twin are two faces of one station.
package station
