package peer

import "time"

// A key frame is asked for at once, and again while none comes, at growing
// intervals: the request or its answer may be lost, and a slow path must not be
// filled with key frames.
const (
	firstKeyRetry = 300 * time.Millisecond
	lastKeyRetry  = time.Second
)

// keyRequests paces picture loss indications (RFC 4585 section 6.3.1).
type keyRequests struct {
	asked time.Time
	pause time.Duration
}

// due reports whether to ask now, given that a key frame is needed.
func (k *keyRequests) due(now time.Time) bool {
	if k.pause > 0 && now.Sub(k.asked) < k.pause {
		return false
	}
	k.asked = now
	k.pause = min(max(firstKeyRetry, k.pause*3/2), lastKeyRetry)
	return true
}

// answered says that a key frame was decoded.
func (k *keyRequests) answered() { k.pause = 0 }
