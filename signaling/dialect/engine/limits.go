package engine

import "time"

// Whatever a server sends, an engine keeps no more than this of it.
const (
	maxSDP        = 128 << 10 // bytes of one description
	maxCandidate  = 4 << 10   // bytes of one candidate
	maxCandidates = 32        // in one frame
	maxHeld       = 256       // own candidates that wait
	maxID         = 256       // bytes of an id
	maxName       = 64        // characters of a name
	maxText       = 200       // characters of what people read
	maxWord       = 64        // characters of a code
	maxShape      = 120       // characters of a frame's shape
	maxKept       = 16 << 10  // bytes of a captured value, as JSON
	maxPeople     = 1024      // members of a server or a room
	maxTalks      = 64        // calls at a time, most of which are refused
	maxTickets    = 256       // answers that are waited for
	maxWaiting    = 64        // messages before we are known
	maxEchoes     = 64        // frames whose echo is due
	maxOwn        = 256       // own candidates that are known again
	maxICE        = 16        // ICE servers
	maxURLs       = 8         // of one ICE server
	maxURL        = 512       // bytes of its URL
)

// How long things last.
const (
	within        = 10 * time.Second // a step of the profile that says no other
	earlyLimit    = 10 * time.Second // candidates before their call
	echoLimit     = 5 * time.Second  // an echo that does not come
	commitPause   = 250 * time.Millisecond
	newcomerLimit = 2 * time.Second // who comes may offer; then we do
	comerPause    = 300 * time.Millisecond
	crossing      = 2 * time.Second // an invite of ours that met theirs on its way
	insistMost    = 4 * time.Second // an invite that must give way to ours; then ours was not heard
	waitLeast     = 100 * time.Millisecond
	waitMost      = 1500 * time.Millisecond
)
