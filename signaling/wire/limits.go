package wire

import "time"

// Limits are the sizes and times of one connection. Zero means the default.
type Limits struct {
	MaxMessage int           // bytes of a message received; 256 KiB
	Cut        bool          // hand over the beginning of longer messages; without it they end the connection
	Queue      int           // messages waiting to be written; 1024
	QueueBytes int           // bytes waiting to be written; 4 MiB
	Ping       time.Duration // between our pings; 20 s
	Silence    time.Duration // nothing heard for so long means lost; 45 s
	Write      time.Duration // writing one message takes no longer; 10 s
	Linger     time.Duration // for what is queued and the closing handshake; 2 s
}

func (l Limits) complete() Limits {
	l.MaxMessage = or(l.MaxMessage, 256<<10)
	l.Queue = or(l.Queue, 1024)
	l.QueueBytes = or(l.QueueBytes, 4<<20)
	l.Ping = or(l.Ping, 20*time.Second)
	l.Silence = or(l.Silence, 45*time.Second)
	l.Write = or(l.Write, 10*time.Second)
	l.Linger = or(l.Linger, 2*time.Second)
	return l
}

func or[T int | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}
