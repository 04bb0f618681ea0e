package conn

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// opusFormat is what we can receive (RFC 7587 section 6.1): packets from 10 ms
// on, copies of lost packets, and pauses in silence; and that we may send two
// channels, which are then those of shared sound. It does not say stereo=1,
// because Chromium sends even a voice in two channels, at 64 kbit/s, to whoever
// does. Opus is announced as stereo in any case (section 4.1).
const opusFormat = "minptime=10;useinbandfec=1;usedtx=1;sprop-stereo=1"

// SoundWishes are what somebody wants of the Opus that is sent to them: the
// parameters of RFC 7587 section 6.1, and ptime and maxptime of RFC 8866 section
// 6.4. What is not said is zero, which is the default of each. Nonsense counts
// as not said.
type SoundWishes struct {
	MaxBitrate   int           // maxaveragebitrate, bit/s
	PlaybackRate int           // maxplaybackrate, Hz
	Stereo       bool          // prefers two channels, or sends them and does not say
	FEC          bool          // can use in-band FEC
	DTX          bool          // prefers pauses in silence
	Constant     bool          // cbr: prefers packets of equal length
	Packet       time.Duration // ptime: how long packets should last
	MinPacket    time.Duration // minptime
	MaxPacket    time.Duration // maxptime
}

// Wishes reads what a remote description wants to hear.
func Wishes(d *sdp.SessionDescription) SoundWishes {
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media != webrtc.RTPCodecTypeAudio.String() || refused(m) {
			continue
		}
		if payload, ok := opusPayload(m); ok {
			return wishesOf(m, payload)
		}
	}
	return SoundWishes{}
}

func wishesOf(m *sdp.MediaDescription, payload string) SoundWishes {
	said := map[string]string{}
	if i := formatLine(m, payload); i >= 0 {
		_, line, _ := strings.Cut(m.Attributes[i].Value, " ")
		for parameter := range strings.SplitSeq(line, ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			said[strings.ToLower(key)] = strings.TrimSpace(value)
		}
	}
	ptime, _ := m.Attribute("ptime")
	maxptime, _ := m.Attribute("maxptime")
	return SoundWishes{
		MaxBitrate:   number(said["maxaveragebitrate"], 6_000, 510_000),
		PlaybackRate: number(said["maxplaybackrate"], 8_000, 48_000),
		Stereo:       cmp.Or(said["stereo"], said["sprop-stereo"]) == "1",
		FEC:          said["useinbandfec"] == "1",
		DTX:          said["usedtx"] == "1",
		Constant:     said["cbr"] == "1",
		Packet:       milliseconds(ptime),
		MinPacket:    milliseconds(said["minptime"]),
		MaxPacket:    milliseconds(maxptime),
	}
}

// number reads a number within limits, or 0.
func number(text string, least, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0
	}
	return n
}

// milliseconds reads the length of a packet, which may have a fraction: 2.5.
func milliseconds(text string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 2.5 || !(n <= 120) {
		return 0
	}
	return time.Duration(n * float64(time.Millisecond))
}

// opusPayload returns the payload type of a section's first Opus.
func opusPayload(m *sdp.MediaDescription) (payload string, ok bool) {
	for _, a := range m.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		payload, codec, _ := strings.Cut(a.Value, " ")
		name, _, _ := strings.Cut(codec, "/")
		if strings.EqualFold(name, "opus") && slices.Contains(m.MediaName.Formats, payload) {
			return payload, true
		}
	}
	return "", false
}

// formatLine finds the place of a payload type's fmtp, or -1.
func formatLine(m *sdp.MediaDescription, payload string) int {
	return slices.IndexFunc(m.Attributes, func(a sdp.Attribute) bool {
		return a.Key == "fmtp" && strings.HasPrefix(a.Value, payload+" ")
	})
}

// ownFormats makes a description of ours say what we can hear. Once codecs are
// agreed, pion repeats what the other side said of itself.
func ownFormats(text string) (string, error) {
	d := &sdp.SessionDescription{}
	if err := d.UnmarshalString(text); err != nil {
		return "", fmt.Errorf("conn: reading our description: %w", err)
	}
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media == webrtc.RTPCodecTypeAudio.String() {
			sayFormats(m)
		}
	}
	whole, err := d.Marshal()
	if err != nil {
		return "", fmt.Errorf("conn: writing our description: %w", err)
	}
	return string(whole), nil
}

// sayFormats sets the parameters of every Opus of a section.
func sayFormats(m *sdp.MediaDescription) {
	for i := 0; i < len(m.Attributes); i++ {
		a := m.Attributes[i]
		payload, codec, _ := strings.Cut(a.Value, " ")
		if a.Key != "rtpmap" || !strings.HasPrefix(strings.ToLower(codec), "opus/") {
			continue
		}
		line := sdp.Attribute{Key: "fmtp", Value: payload + " " + opusFormat}
		if at := formatLine(m, payload); at >= 0 {
			m.Attributes[at] = line
		} else {
			m.Attributes = slices.Insert(m.Attributes, i+1, line)
		}
	}
}
