package record

import "time"

// What follows are elements of RFC 8794 and RFC 9559, by their names there.
type ebmlHeader struct {
	EBMLVersion        uint64 `ebml:"EBMLVersion"`
	EBMLReadVersion    uint64 `ebml:"EBMLReadVersion"`
	EBMLMaxIDLength    uint64 `ebml:"EBMLMaxIDLength"`
	EBMLMaxSizeLength  uint64 `ebml:"EBMLMaxSizeLength"`
	DocType            string `ebml:"EBMLDocType"`
	DocTypeVersion     uint64 `ebml:"EBMLDocTypeVersion"`
	DocTypeReadVersion uint64 `ebml:"EBMLDocTypeReadVersion"`
}

type opening struct {
	EBML    ebmlHeader `ebml:"EBML"`
	Segment struct{}   `ebml:"Segment,size=unknown"`
}

type seek struct {
	ID       []byte `ebml:"SeekID"`
	Position uint64 `ebml:"SeekPosition"`
}

type seekHead struct {
	Seek []seek `ebml:"Seek"`
}

type info struct {
	TimecodeScale uint64    `ebml:"TimecodeScale"`
	Duration      float64   `ebml:"Duration,omitempty"`
	DateUTC       time.Time `ebml:"DateUTC"`
	Title         string    `ebml:"Title,omitempty"`
	MuxingApp     string    `ebml:"MuxingApp"`
	WritingApp    string    `ebml:"WritingApp"`
}

type trackEntry struct {
	Number       uint64 `ebml:"TrackNumber"`
	UID          uint64 `ebml:"TrackUID"`
	Type         uint64 `ebml:"TrackType"`
	FlagDefault  uint64 `ebml:"FlagDefault"`
	FlagLacing   uint64 `ebml:"FlagLacing"`
	Name         string `ebml:"Name"`
	Language     string `ebml:"Language"`
	CodecID      string `ebml:"CodecID"`
	CodecPrivate []byte `ebml:"CodecPrivate,omitempty"`
	SeekPreRoll  uint64 `ebml:"SeekPreRoll,omitempty"`
	Video        *video `ebml:"Video"`
	Audio        *audio `ebml:"Audio"`
}

type video struct {
	Width  uint64 `ebml:"PixelWidth"`
	Height uint64 `ebml:"PixelHeight"`
}

type audio struct {
	Rate     float64 `ebml:"SamplingFrequency"`
	Channels uint64  `ebml:"Channels"`
}

type head struct {
	SeekHead *seekHead `ebml:"SeekHead"`
	Info     info      `ebml:"Info"`
	Tracks   struct {
		Entry []trackEntry `ebml:"TrackEntry"`
	} `ebml:"Tracks"`
}

type cuePoint struct {
	Time      uint64 `ebml:"CueTime"`
	Positions struct {
		Track   uint64 `ebml:"CueTrack"`
		Cluster uint64 `ebml:"CueClusterPosition"`
	} `ebml:"CueTrackPositions"`
}
