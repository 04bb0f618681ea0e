package peer

import "time"

// A key frame is many packets at once. Up to paceBurst bytes leave without
// delay, which is every ordinary frame; the rest leaves at paceFactor times the
// bitrate, but not slower than paceFloor, so that small buffers on the way do
// not overflow and the picture is not late.
const (
	paceBurst  = 24_000     // bytes
	paceFloor  = 10_000_000 // bit/s
	paceFactor = 4
	paceGrain  = 2 * time.Millisecond // shorter waits are saved up
)

// pacer is a token bucket. The zero pacer is full.
type pacer struct {
	spent float64 // bytes over the allowance that flows back at the rate
	at    time.Time
}

// take spends bytes and returns how long to wait before the next packet.
func (p *pacer) take(bytes, bitrate int, now time.Time) time.Duration {
	rate := float64(max(paceFloor, paceFactor*bitrate)) / 8 // bytes a second
	if !p.at.IsZero() {
		p.spent = max(0, p.spent-now.Sub(p.at).Seconds()*rate)
	}
	p.at = now
	p.spent += float64(bytes)
	wait := time.Duration((p.spent - paceBurst) / rate * float64(time.Second))
	if wait < paceGrain {
		return 0
	}
	return wait
}
