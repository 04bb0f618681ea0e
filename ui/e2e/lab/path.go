//go:build e2e

package lab

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Weather is what one direction of a Path does to packets.
type Weather struct {
	Rate   int           // bit/s, UDP payloads and 28 bytes of headers each; 0: no limit
	Queue  time.Duration // what waits longer for its turn is dropped; 0: 300 ms
	Delay  time.Duration // one way
	Jitter time.Duration // up to so much more; order is kept
	Loss   float64       // 0 to 1, independent
}

// Meter is what one direction of a Path has seen since it was asked last.
type Meter struct {
	Bytes    int // delivered, headers included
	Packets  int
	Lost     int             // by chance
	Full     int             // because the queue was
	Waits    []time.Duration // of each packet in the queue
	Duration time.Duration
}

// headers is what IPv4 and UDP add to each packet, in bytes.
const headers = 28

// defaultQueue is how long a packet may wait for a bottleneck: a home router's.
const defaultQueue = 300 * time.Millisecond

// Path is a network between two ends on this machine: a relay that both take for
// each other. Ends are 0 and 1. Their candidates have to go through Candidate or
// SDP on their way to the other end.
type Path struct {
	doors [2]*net.UDPConn // what stands for the other end, by end
	mu    sync.Mutex
	ends  [2]*net.UDPAddr // where the ends really are
	lanes [2]*lane        // from end 0 to 1, and back
	pumps sync.WaitGroup
}

// NewPath opens a path that is clear in both directions, until the test ends.
func NewPath(t testing.TB) *Path {
	t.Helper()
	p := &Path{}
	for i := range p.doors {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetReadBuffer(4 << 20); err != nil {
			t.Fatal(err)
		}
		p.doors[i] = c
	}
	for from := range p.lanes {
		to := 1 - from
		p.lanes[from] = newLane(uint64(from), func(b []byte) { p.deliver(to, b) })
		p.pumps.Go(func() { p.pump(from) })
		p.pumps.Go(p.lanes[from].run)
	}
	t.Cleanup(func() {
		for i := range p.doors {
			_ = p.doors[i].Close()
			p.lanes[i].close()
		}
		p.pumps.Wait()
	})
	return p
}

// Set changes the weather of the direction from an end, from now on.
func (p *Path) Set(from int, w Weather) { p.lanes[from].set(w) }

// Meter returns what the direction from an end has seen since the last call.
func (p *Path) Meter(from int) Meter { return p.lanes[from].meter() }

// Candidate rewrites a candidate of an end so that the other end sends through
// the path. It returns false for those that are not to be passed on.
func (p *Path) Candidate(from int, line string) (string, bool) {
	fields := strings.Fields(strings.TrimPrefix(line, "a="))
	if len(fields) < 8 || !strings.EqualFold(fields[2], "udp") || fields[7] != "host" {
		return "", false
	}
	ip, port := net.ParseIP(fields[4]), 0
	if ip = ip.To4(); ip == nil {
		return "", false
	}
	if _, err := fmt.Sscan(fields[5], &port); err != nil {
		return "", false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ends[from] != nil && (p.ends[from].Port != port || !p.ends[from].IP.Equal(ip)) {
		return "", false // one address is enough
	}
	p.ends[from] = &net.UDPAddr{IP: ip, Port: port}
	door := p.doors[1-from].LocalAddr().(*net.UDPAddr)
	fields[4], fields[5] = door.IP.String(), strconv.Itoa(door.Port)
	prefix := ""
	if strings.HasPrefix(line, "a=") {
		prefix = "a="
	}
	return prefix + strings.Join(fields, " "), true
}

// SDP rewrites the candidates in a description of an end.
func (p *Path) SDP(from int, description string) string {
	var out strings.Builder
	for line := range strings.Lines(description) {
		text := strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(text, "a=candidate:") {
			rewritten, ok := p.Candidate(from, text)
			if !ok {
				continue
			}
			text = rewritten
		}
		out.WriteString(text + "\r\n")
	}
	return out.String()
}

// pump takes what an end sends. The door that it sends to is the one that stands
// for the other end.
func (p *Path) pump(from int) {
	buffer := make([]byte, 2048)
	for {
		n, _, err := p.doors[from].ReadFromUDP(buffer)
		if err != nil {
			return
		}
		p.lanes[from].enter(buffer[:n])
	}
}

// deliver hands a packet to an end, from the door that stands for the other.
func (p *Path) deliver(to int, packet []byte) {
	p.mu.Lock()
	at := p.ends[to]
	p.mu.Unlock()
	if at != nil {
		_, _ = p.doors[to].WriteToUDP(packet, at) // lost, as happens on networks
	}
}

// lane is one direction: a bottleneck with a queue that drops what is too much,
// and then a delay.
type lane struct {
	deliver func([]byte)
	wake    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	weather Weather
	free    time.Time // when the bottleneck has sent all that waits
	last    time.Time // of the last departure
	count   uint64
	under   packets
	chance  *rand.Rand
	seen    Meter
	since   time.Time
}

func newLane(seed uint64, deliver func([]byte)) *lane {
	return &lane{
		deliver: deliver, wake: make(chan struct{}, 1), done: make(chan struct{}),
		chance: rand.New(rand.NewPCG(seed, 7)), since: time.Now(),
	}
}

func (l *lane) set(w Weather) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.Queue == 0 {
		w.Queue = defaultQueue
	}
	// What waits already leaves at the rate that it was promised; a change of rate
	// within a queue's length makes no difference that is measured here.
	l.weather = w
}

func (l *lane) meter() Meter {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.seen
	seen.Duration = time.Since(l.since)
	l.seen, l.since = Meter{}, time.Now()
	return seen
}

func (l *lane) close() { close(l.done) }

func (l *lane) enter(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.weather.Loss > 0 && l.chance.Float64() < l.weather.Loss {
		l.seen.Lost++
		return
	}
	at, ok := l.squeeze(now, len(b)+headers)
	if !ok {
		return
	}
	at = at.Add(l.weather.Delay)
	if l.weather.Jitter > 0 {
		at = at.Add(time.Duration(l.chance.Float64() * float64(l.weather.Jitter)))
	}
	if at.Before(l.last) {
		at = l.last
	}
	l.last = at
	l.count++
	heap.Push(&l.under, packet{at, l.count, append([]byte(nil), b...)})
	l.seen.Bytes += len(b) + headers
	l.seen.Packets++
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// squeeze returns when a packet has passed the bottleneck, or false if its queue
// is full.
func (l *lane) squeeze(now time.Time, bytes int) (time.Time, bool) {
	if l.weather.Rate == 0 {
		return now, true
	}
	if l.free.Before(now) {
		l.free = now
	}
	wait := l.free.Sub(now)
	if wait > l.weather.Queue {
		l.seen.Full++
		return now, false
	}
	l.seen.Waits = append(l.seen.Waits, wait)
	l.free = l.free.Add(time.Duration(float64(bytes*8) / float64(l.weather.Rate) * float64(time.Second)))
	return l.free, true
}

// run delivers what is due.
func (l *lane) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(l.flush())
		select {
		case <-l.done:
			return
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// flush delivers what is due and returns how long nothing else is.
func (l *lane) flush() time.Duration {
	for {
		l.mu.Lock()
		if len(l.under) == 0 {
			l.mu.Unlock()
			return time.Hour
		}
		if wait := time.Until(l.under[0].at); wait > 0 {
			l.mu.Unlock()
			return wait
		}
		p := heap.Pop(&l.under).(packet)
		l.mu.Unlock()
		l.deliver(p.bytes)
	}
}

// packet is on its way.
type packet struct {
	at    time.Time
	count uint64
	bytes []byte
}

// packets is a heap, by time.
type packets []packet

func (q packets) Len() int { return len(q) }

func (q packets) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].count < q[j].count
}
func (q packets) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *packets) Push(x any)   { *q = append(*q, x.(packet)) }

func (q *packets) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
