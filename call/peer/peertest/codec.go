package peertest

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"parley/call/peer"
	"parley/media"
)

// A made-up frame looks like VP8 to packetizers (its first bit tells key frames)
// and holds the frame's number, the number of the frame it builds on, and its
// size. The rest is a known filling.
const frameHeader = 1 + 8 + 8 + 2 + 2

var (
	errReference = errors.New("peertest: the frame this one builds on is not here")
	errMangled   = errors.New("peertest: mangled frame")
)

// EncodeFrame makes a frame of at least the given length that builds on frame
// number base; 0 makes a key frame.
func EncodeFrame(f *media.Frame, base uint64, length int) []byte {
	p := make([]byte, max(length, frameHeader))
	if base != 0 {
		p[0] = 1
	}
	binary.BigEndian.PutUint64(p[1:], f.Number)
	binary.BigEndian.PutUint64(p[9:], base)
	binary.BigEndian.PutUint16(p[17:], uint16(f.Width()))
	binary.BigEndian.PutUint16(p[19:], uint16(f.Height()))
	for i := frameHeader; i < len(p); i++ {
		p[i] = byte(i)
	}
	return p
}

type videoEncoder struct {
	end  *End
	last uint64
}

func (e *videoEncoder) Encode(f *media.Frame, key bool) ([]byte, error) {
	if err := e.end.EncodeError.Load(); err != nil {
		return nil, *err
	}
	if key {
		e.last = 0
	}
	if e.last == 0 {
		e.end.Keys.Add(1)
	}
	p := EncodeFrame(f, e.last, e.length())
	e.last = f.Number
	return p, nil
}

// length is that of the next frame: what the bit rate allows, of which a key frame
// need take no heed.
func (e *videoEncoder) length() int {
	most := e.end.FrameBytes.Load()
	if e.last != 0 {
		most = min(most, e.end.Bitrate.Load()/8/picturesPerSecond)
	}
	return int(most)
}

func (e *videoEncoder) Adapt(s media.VideoSettings) error {
	e.end.Bitrate.Store(int64(s.Bitrate))
	return nil
}

func (e *videoEncoder) Close() error {
	e.end.open.Add(-1)
	return nil
}

type videoDecoder struct {
	end  *End
	pool media.Pool
	have uint64
}

func (d *videoDecoder) Decode(p []byte) (*media.Frame, error) {
	if len(p) < frameHeader {
		return nil, errMangled
	}
	if d.end.broken.Swap(false) {
		d.have = 0
	}
	for i := frameHeader; i < len(p); i++ {
		if p[i] != byte(i) {
			return nil, errMangled
		}
	}
	number, base := binary.BigEndian.Uint64(p[1:]), binary.BigEndian.Uint64(p[9:])
	if base != 0 && base != d.have {
		return nil, errReference
	}
	d.have = number
	f := d.pool.Get(int(binary.BigEndian.Uint16(p[17:])), int(binary.BigEndian.Uint16(p[19:])))
	f.Number = number
	return f, nil
}

func (d *videoDecoder) Close() error {
	d.end.open.Add(-1)
	return nil
}

type audioEncoder struct{ end *End }

// Encode makes a packet that holds the first sample, or silence when it is 0.
func (e *audioEncoder) Encode(pcm []int16, out []byte) (int, error) {
	if pcm[0] == 0 {
		return copy(out, []byte{0x78}), nil
	}
	return copy(out, []byte{0x78, byte(pcm[0] >> 8), byte(pcm[0]), 1, 2, 3}), nil
}

func (e *audioEncoder) Adapt(s media.AudioSettings) error {
	e.end.Loss.Store(int64(s.Loss))
	return nil
}

func (e *audioEncoder) Close() error {
	e.end.open.Add(-1)
	return nil
}

// Sound is one packet that an end's playout got.
type Sound struct {
	Sequence  uint16
	Timestamp uint32
	First     int16 // sample of the packet; 0 for silence
}

// playout keeps what it is given.
type playout struct {
	end     *End
	mu      sync.Mutex
	sounds  []Sound
	arrived time.Time // the newest
}

func (p *playout) Push(sequence uint16, timestamp uint32, payload []byte, arrival time.Time) {
	s := Sound{Sequence: sequence, Timestamp: timestamp}
	if len(payload) > 2 {
		s.First = int16(payload[1])<<8 | int16(payload[2])
	}
	p.mu.Lock()
	p.sounds, p.arrived = append(p.sounds, s), arrival
	p.mu.Unlock()
	p.end.signal()
}

func (p *playout) Stats() peer.PlayoutStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return peer.PlayoutStats{TotalSamples: uint64(len(p.sounds)) * 2 * media.StepSamples, Delay: p.delay()}
}

// delay is how long sound waits.
func (p *playout) delay() time.Duration {
	return time.Duration(max(p.end.Buffered.Load(), p.end.Held.Load()))
}

// Position makes believe that sound is heard delay after it came.
func (p *playout) Position(now time.Time) (uint32, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sounds) == 0 {
		return 0, false
	}
	since := now.Sub(p.arrived) - p.delay()
	return p.sounds[len(p.sounds)-1].Timestamp + uint32(since.Microseconds()*(media.SampleRate/1000)/1000), true
}

func (p *playout) Hold(d time.Duration) { p.end.Held.Store(int64(d)) }

func (p *playout) Close() error {
	p.end.open.Add(-1)
	return nil
}

func (p *playout) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sounds = nil
}

func (p *playout) all() []Sound {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Sound(nil), p.sounds...)
}

// screen keeps the numbers of the frames it is shown.
type screen struct {
	end   *End
	mu    sync.Mutex
	shown []uint64
	at    time.Time // the last
}

func (s *screen) Show(f *media.Frame) {
	s.mu.Lock()
	s.shown, s.at = append(s.shown, f.Number), time.Now()
	s.mu.Unlock()
	s.end.signal()
}

func (s *screen) last() (number uint64, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.shown) == 0 {
		return 0, time.Time{}
	}
	return s.shown[len(s.shown)-1], s.at
}

func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = nil
}

func (s *screen) all() []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]uint64(nil), s.shown...)
}
