// Package album finds the folders for pictures and recordings, names what is put
// there, and puts it there without ever writing over anything.
//
// It imports nothing of this module.
package album
