package playout

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"parley/media"
)

// toneDecoder stands for a codec whose packets are pieces of one endless tone,
// so that every sample played can be checked against the one that should be.
type toneDecoder struct {
	hertz                float64
	ts                   int64 // of the next sample, for concealment
	decoded, fec, plc    int
	closed               bool
	concealedWithNothing bool // conceal yields zeros
	steady               bool // packets go on where the last one ended, whatever they say, as those of real codecs do
}

var errMalformed = errors.New("malformed packet")

const fecFlag = 0x40

// tonePacket is a SILK packet of 20 ms by its first bytes, followed by its timestamp.
func tonePacket(ts uint32, fec bool) []byte {
	p := make([]byte, 10)
	p[0] = 1 << 3
	if fec {
		p[1] = fecFlag
	}
	binary.BigEndian.PutUint64(p[2:], uint64(ts))
	return p
}

func (d *toneDecoder) tone(ts int64, pcm []int16) {
	for i := range pcm {
		t := float64(ts+int64(i)) / media.SampleRate
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*d.hertz*t))
	}
	d.ts = ts + int64(len(pcm))
}

func (d *toneDecoder) Decode(packet []byte, pcm []int16) (int, error) {
	if len(packet) < 10 {
		return 0, errMalformed
	}
	d.decoded++
	n := min(packetLength(packet), len(pcm))
	if d.steady {
		d.tone(d.ts, pcm[:n])
		return n, nil
	}
	d.tone(int64(binary.BigEndian.Uint64(packet[2:])), pcm[:n])
	return n, nil
}

func (d *toneDecoder) DecodeFEC(packet []byte, pcm []int16) (int, error) {
	if len(packet) < 10 {
		return 0, errMalformed
	}
	d.fec++
	if d.steady {
		d.tone(d.ts, pcm)
		return len(pcm), nil
	}
	d.tone(int64(binary.BigEndian.Uint64(packet[2:]))-int64(len(pcm)), pcm)
	return len(pcm), nil
}

func (d *toneDecoder) Conceal(pcm []int16) (int, error) {
	d.plc++
	if d.concealedWithNothing {
		clear(pcm)
		d.ts += int64(len(pcm))
		return len(pcm), nil
	}
	d.tone(d.ts, pcm)
	return len(pcm), nil
}

func (d *toneDecoder) Close() error {
	d.closed = true
	return nil
}

// delivery is one packet on its way.
type delivery struct {
	at      time.Duration
	seq     uint16
	ts      uint32
	payload []byte
}

// trace is a list of deliveries in the order of arrival.
type trace []delivery

// line plays a trace into a buffer, in virtual time.
type line struct {
	buffer  *Buffer
	decoder *toneDecoder
	start   time.Time
	now     time.Duration
	heard   []int16
	pending trace
}

func newLine() *line {
	l := &line{decoder: &toneDecoder{hertz: 200}, start: time.Unix(1e9, 0)}
	l.buffer = New(l.decoder, Options{Now: func() time.Time { return l.start.Add(l.now) }})
	return l
}

// run delivers the trace and plays until d has passed.
func (l *line) run(t trace, d time.Duration) {
	l.pending = append(l.pending, t...)
	end := l.now + d
	for l.now < end {
		for len(l.pending) > 0 && l.pending[0].at <= l.now {
			p := l.pending[0]
			l.buffer.Push(p.seq, p.ts, p.payload, l.start.Add(p.at))
			l.pending = l.pending[1:]
		}
		var out [media.StepSamples]int16
		l.buffer.Play(&out)
		l.heard = append(l.heard, out[:]...)
		l.now += media.Step
	}
}

// steepest returns the largest difference between neighbouring samples: clicks
// are steeper than the tone.
func steepest(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		most = max(most, abs(int(pcm[i])-int(pcm[i-1])))
	}
	return most
}

func abs(n int) int { return max(n, -n) }
