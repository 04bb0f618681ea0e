package peer

import (
	"time"

	"github.com/pion/rtp"

	"parley/call"
	"parley/call/peer/parity"
	"parley/call/peer/repair"
)

// mostShieldJump is how far from the newest packet a block may begin: others are not
// of this stream, or too old.
const mostShieldJump = 400

// shield finds packets again with the parity that comes beside them.
type shield struct {
	*parity.Recovery
	end int64 // of the newest block of which there is parity; 0: nothing is left to do about it
}

func newShield() shield { return shield{Recovery: parity.NewRecovery()} }

// shieldPause is how long is waited for a packet that may have been handed over after
// the parity that stands for it.
const shieldPause = time.Millisecond

// pause is how long nothing needs to be done about parity, at most most.
func (s *shield) pause(most time.Duration, r *repair.Requests) time.Duration {
	switch {
	case !s.Active():
		return most
	case s.Ready():
		return min(most, shieldPause)
	case r.Open(): // pion tells of what comes in the other stream to those who ask
		return min(most, gapPause)
	}
	return most
}

// takeParity takes a packet of parity. pion hands it over with the number of its
// block's first packet as its own.
func (v *videoReceiver) takeParity(p *rtp.Packet, now time.Time) {
	first, ok := v.number(p.SequenceNumber, mostShieldJump)
	if !ok {
		return
	}
	end, last, ok := v.shield.Parity(first, p.Timestamp, p.Payload)
	if !ok {
		return
	}
	v.count(func(s *call.StreamStats) {
		s.FECPacketsReceived++
		s.FECPacketsDiscarded = v.shield.Discarded()
	})
	v.repairs.Reaches(end-1, now)
	if v.shield.end = end; last && !v.shield.Ready() {
		v.repairs.Hurry(end, now)
	}
}

// beside keeps a packet for what parity may come. When it is behind a block nothing of
// that comes by itself any more.
func (v *videoReceiver) beside(p *rtp.Packet, sequence int64, now time.Time) {
	v.shield.Came(parity.Packet{Sequence: sequence, Stamp: p.Timestamp, Type: p.PayloadType, Marker: p.Marker, Payload: p.Payload})
	if v.shield.end > 0 && sequence >= v.shield.end {
		v.recover(now)
		v.repairs.Hurry(v.shield.end, now)
		v.shield.end = 0
	}
}

// recover takes what parity stands for.
func (v *videoReceiver) recover(now time.Time) {
	for found := v.shield.Recover(); len(found) > 0; found = v.shield.Recover() {
		for _, p := range found {
			v.found(uint16(p.Sequence), p.Stamp, now)
			h := rtp.Header{Version: 2, PayloadType: p.Type, SequenceNumber: uint16(p.Sequence), Timestamp: p.Stamp, Marker: p.Marker, SSRC: v.ssrc}
			v.put(&rtp.Packet{Header: h, Payload: p.Payload}, p.Sequence, false, now)
		}
	}
}

// idle does what is due when nothing has come for a while.
func (v *videoReceiver) idle(now time.Time) {
	v.recover(now)
	v.advance(now)
}
