package conn

import (
	"testing"

	"github.com/pion/sdp/v3"
)

// FuzzComplete completes what strangers send, and answers it section by section.
func FuzzComplete(f *testing.F) {
	const head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
	f.Add(head+"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=text 9 RTP/AVP 98\r\na=mid:0\r\n", head)
	f.Add(head+"a=recvonly\r\nm=video 0 RTP 96\r\na=sendrecv\r\na=inactive\r\n", head+"m=video 9 RTP 96\r\na=mid:v\r\n")
	f.Fuzz(func(t *testing.T, theirs, answer string) {
		remote, err := inspect(theirs)
		if err != nil {
			return
		}
		ours := &sdp.SessionDescription{}
		_ = ours.UnmarshalString(answer) // as far as it goes
		complete(remote, ours)
		if complete(remote, ours) {
			t.Error("what is complete was completed again")
		}
		for _, m := range remote.MediaDescriptions {
			if _, ok := m.Attribute(sdp.AttrKeyMID); !ok {
				t.Error("a section without a name")
			}
			if refused(m) && directionOf(remote, m) != inactive && (m.MediaName.Media == "audio" || m.MediaName.Media == "video") {
				t.Error("a refused section flows")
			}
		}
		whole, err := mirror(answer, remote)
		if err != nil {
			return
		}
		again := &sdp.SessionDescription{}
		if err := again.UnmarshalString(whole); err == nil && len(again.MediaDescriptions) != len(remote.MediaDescriptions) {
			t.Errorf("%d sections answer %d", len(again.MediaDescriptions), len(remote.MediaDescriptions))
		}
	})
}
