package media

import "fmt"

// Kind tells sound from picture. As the kind of a call, Video means sound and
// picture, Audio means sound only.
type Kind uint8

// The kinds.
const (
	Audio Kind = iota + 1
	Video
)

// String returns the word of W3C MediaStreamTrack.kind.
func (k Kind) String() string {
	switch k {
	case Audio:
		return "audio"
	case Video:
		return "video"
	}
	return "none"
}

// ParseKind reads what String wrote.
func ParseKind(s string) (Kind, error) {
	switch s {
	case "audio":
		return Audio, nil
	case "video":
		return Video, nil
	}
	return 0, fmt.Errorf("media: kind %q is neither audio nor video", s)
}
