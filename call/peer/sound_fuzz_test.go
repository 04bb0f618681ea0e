package peer

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"parley/call/peer/conn"
	"parley/media"
)

// dice reads numbers from what a fuzzer made, and zeros at its end.
type dice struct{ data []byte }

func (d *dice) next() uint64 {
	var b [8]byte
	n := copy(b[:], d.data)
	d.data = d.data[n:]
	return binary.LittleEndian.Uint64(b[:])
}

// FuzzSoundPolicy tells a policy anything, and wants plans that an encoder and
// the wire can take.
func FuzzSoundPolicy(f *testing.F) {
	f.Add([]byte("any path at all, with reports of all kinds and a REMB now and then"), true)
	f.Fuzz(func(t *testing.T, data []byte, fec bool) {
		d := dice{data}
		p := newSoundPolicy()
		p.wishes = conn.SoundWishes{
			FEC: fec, MaxBitrate: int(d.next() % 600_000), Packet: time.Duration(d.next() % uint64(120*time.Millisecond)),
			MaxPacket: time.Duration(d.next() % uint64(120*time.Millisecond)), Stereo: d.next()%2 == 0,
		}
		for now := begin; len(d.data) > 0; now = now.Add(time.Duration(d.next() % uint64(10*time.Second))) {
			p.trip, p.picture = time.Duration(d.next()), d.next()%2 == 0
			switch d.next() % 4 {
			case 0:
				p.reported(float64(d.next()%257)/256, time.Duration(d.next()), now)
			case 1:
				p.arrived(int(d.next()%1000), int(d.next()%1000), now)
			case 2:
				p.estimated(math.Abs(math.Float64frombits(d.next())), now)
			case 3:
				p.effort.encoded(time.Duration(d.next()%uint64(time.Second)), 60*time.Millisecond)
			}
			plan := p.plan(d.next()%2 == 0, now)
			steps, s := int(plan.length/media.Step), plan.settings
			if steps != 1 && steps != 2 && steps != 4 && steps != 6 || s.Bitrate < leastSoundRate || s.Bitrate > mostSoundRate ||
				s.Loss < 0 || s.Loss > 100 || s.Complexity < 1 || s.Complexity > 10 {
				t.Fatalf("%+v", plan)
			}
		}
	})
}

// FuzzLipSync tells about streams of any clocks, and wants waits that are bounded
// and not of both.
func FuzzLipSync(f *testing.F) {
	f.Add([]byte("reports and positions of streams that nobody would send, one after the other"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := dice{data}
		var l lipSync
		sounds, pictures := l.newSound(), l.newPicture()
		for now := begin; len(d.data) > 0; now = now.Add(time.Duration(d.next() % uint64(time.Second))) {
			sounds.reported(d.next(), uint32(d.next()))
			pictures.reported(d.next(), uint32(d.next()))
			for i := range uint32(6) {
				at := now.Add(time.Duration(i) * lipTick)
				wait := pictures.ready(uint32(d.next()), i%2 > 0, at)
				hold := sounds.tick(uint32(d.next()), d.next()%8 > 0, time.Duration(d.next()%uint64(time.Second)), at)
				if wait < 0 || wait > pictureMost || hold < 0 || hold > lipMost {
					t.Fatalf("pictures wait %v, sound %v", wait, hold)
				}
			}
			now = now.Add(time.Second)
		}
	})
}
