package call

import "time"

// Stats is a reading of a live call. Members have the names, units and meaning
// of W3C webrtc-stats; counters count from the start of the call.
type Stats struct {
	At       time.Time  `json:"-"`
	Inbound  MediaStats `json:"inbound"`
	Outbound MediaStats `json:"outbound"`
	Path     PathStats  `json:"path"`
}

// MediaStats holds the streams of one direction: sound, the camera's picture, and
// what is shown of a screen beside it, which is zero until there is some.
type MediaStats struct {
	Audio  StreamStats `json:"audio"`
	Video  StreamStats `json:"video"`
	Screen StreamStats `json:"screen,omitzero"`
}

// StreamStats joins RTCInboundRtpStreamStats and RTCOutboundRtpStreamStats;
// what a direction or kind does not have is left out.
type StreamStats struct {
	Codec             string  `json:"codec,omitempty"`
	Packets           uint64  `json:"packets"`     // packetsReceived or packetsSent
	Bytes             uint64  `json:"bytes"`       // bytesReceived or bytesSent
	PacketsLost       int64   `json:"packetsLost"` // RFC 3550 section 6.4.1; outbound: as reported by the peer
	Jitter            float64 `json:"jitter"`      // seconds
	FramesDecoded     uint64  `json:"framesDecoded,omitempty"`
	FramesEncoded     uint64  `json:"framesEncoded,omitempty"`
	FramesDropped     uint64  `json:"framesDropped,omitempty"` // inbound: those that could not be decoded
	KeyFrames         uint64  `json:"keyFrames,omitempty"`     // keyFramesDecoded or keyFramesEncoded
	FramesPerSecond   float64 `json:"framesPerSecond,omitempty"`
	FrameWidth        int     `json:"frameWidth,omitempty"`
	FrameHeight       int     `json:"frameHeight,omitempty"`
	FreezeCount       uint64  `json:"freezeCount"`
	PLICount          uint64  `json:"pliCount"`
	FIRCount          uint64  `json:"firCount"` // outbound: received (RFC 5104 section 4.3.1); we send none
	NACKCount         uint64  `json:"nackCount"`
	AudioLevel        float64 `json:"audioLevel,omitempty"` // 0 to 1, linear
	ConcealedSamples  uint64  `json:"concealedSamples"`
	TotalSamples      uint64  `json:"totalSamplesReceived,omitempty"`
	JitterBufferDelay float64 `json:"jitterBufferDelay,omitempty"` // seconds, average per emitted sample or frame
	TargetBitrate     float64 `json:"targetBitrate,omitempty"`     // bit/s

	SilentConcealedSamples  uint64  `json:"silentConcealedSamples,omitempty"`
	ConcealmentEvents       uint64  `json:"concealmentEvents,omitempty"`
	InsertedSamples         uint64  `json:"insertedSamplesForDeceleration,omitempty"`
	RemovedSamples          uint64  `json:"removedSamplesForAcceleration,omitempty"`
	FECPacketsReceived      uint64  `json:"fecPacketsReceived,omitempty"`  // sound: packets with a copy of the one before them; pictures: of parity
	FECPacketsDiscarded     uint64  `json:"fecPacketsDiscarded,omitempty"` // those that were not needed, or too late
	PacketsDiscarded        uint64  `json:"packetsDiscarded,omitempty"`
	JitterBufferTargetDelay float64 `json:"jitterBufferTargetDelay,omitempty"` // seconds, now

	// Of inbound video. FramesReceived are complete, and FramesRendered were handed
	// to the screen; durations are sums, in seconds.
	FramesReceived              uint64  `json:"framesReceived,omitempty"`
	FramesRendered              uint64  `json:"framesRendered,omitempty"`
	TotalFreezesDuration        float64 `json:"totalFreezesDuration,omitempty"`
	PauseCount                  uint64  `json:"pauseCount,omitempty"`
	TotalPausesDuration         float64 `json:"totalPausesDuration,omitempty"`
	TotalInterFrameDelay        float64 `json:"totalInterFrameDelay,omitempty"`
	TotalSquaredInterFrameDelay float64 `json:"totalSquaredInterFrameDelay,omitempty"` // seconds squared
	QPSum                       uint64  `json:"qpSum,omitempty"`                       // of VP8, VP9 and H.264
	TotalDecodeTime             float64 `json:"totalDecodeTime,omitempty"`
	RetransmittedPackets        uint64  `json:"retransmittedPacketsReceived,omitempty"`
	RetransmittedBytes          uint64  `json:"retransmittedBytesReceived,omitempty"`

	// QualityLimitationReason is why pictures are sent smaller or rarer than they
	// are taken: "none", "bandwidth", "cpu" or "other"; of outbound video.
	QualityLimitationReason string `json:"qualityLimitationReason,omitempty"`

	// LipSync is how many seconds later sound is heard than the picture of its
	// moment is shown, negative when earlier; of inbound sound, 0 when unknown.
	// PacketLength is how many seconds one packet of outbound sound lasts, and
	// Loss the share of packets, 0 to 1, that it is prepared to lose. None of the
	// three is in W3C webrtc-stats.
	LipSync      float64 `json:"lipSync,omitempty"`
	PacketLength float64 `json:"packetLength,omitempty"`
	Loss         float64 `json:"expectedLoss,omitempty"`
}

// PathStats describes the selected candidate pair.
type PathStats struct {
	CurrentRoundTripTime     float64 `json:"currentRoundTripTime"`     // seconds
	AvailableOutgoingBitrate float64 `json:"availableOutgoingBitrate"` // bit/s, 0 when unknown
	LocalCandidateType       string  `json:"localCandidateType"`       // host, srflx, prflx or relay
	RemoteCandidateType      string  `json:"remoteCandidateType"`
	Protocol                 string  `json:"protocol"`
}
