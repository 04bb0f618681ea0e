// Package pipewiretest starts a PipeWire and delivers pictures to it, for tests.
package pipewiretest
