package audio

import (
	"time"

	"parley/media"
)

// moments tells when a captured sample was captured, from the uneven moments at
// which the device delivered.
type moments struct {
	begin time.Time // estimate of when sample 0 was captured
	known bool
}

// follow takes note that written samples had been captured by then.
func (m *moments) follow(written uint64, then time.Time) {
	begin := then.Add(-lasting(written))
	off := begin.Sub(m.begin)
	if !m.known || off.Abs() > 60*time.Millisecond {
		m.begin, m.known = begin, true
		return
	}
	m.begin = m.begin.Add(off / 64)
}

// of returns when a sample was captured.
func (m *moments) of(sample uint64) time.Time { return m.begin.Add(lasting(sample)) }

// lasting returns how long n samples last.
func lasting(n uint64) time.Duration {
	const rate = media.SampleRate
	return time.Duration(n/rate)*time.Second + time.Duration(n%rate)*time.Second/rate
}
