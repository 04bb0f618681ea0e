package conn

import (
	"testing"

	"github.com/pion/sdp/v3"
)

const twoPictures = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 screen 2\r\na=fingerprint:sha-256 AA:BB\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendrecv\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendrecv\r\na=msid:parley video\r\na=ssrc:7 cname:x\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:screen\r\na=sendrecv\r\na=ssrc-group:FID 8 9\r\na=ssrc:8 cname:x\r\na=ssrc:9 cname:x\r\n" +
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n"

// FuzzTwin takes the second section out of what strangers write, and puts it back.
func FuzzTwin(f *testing.F) {
	f.Add(twoPictures, "screen")
	f.Add(twoPictures, "1")
	f.Add("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 RTP 96\r\na=x-parley-screen:s recvonly A 1\r\na=fingerprint:x A\r\n", "s")
	f.Fuzz(func(t *testing.T, text, mid string) {
		d, err := inspect(text)
		if err != nil {
			return
		}
		line, ok := twinLineOf(d)
		sections := len(d.MediaDescriptions)
		whole := line.unfold(d, nil)
		if ok && (len(whole.MediaDescriptions) != sections+1 || len(d.MediaDescriptions) != sections) {
			t.Errorf("%d sections became %d", sections, len(whole.MediaDescriptions))
		}
		if ok {
			fold(whole, line.mid)
			if len(whole.MediaDescriptions) != sections {
				t.Errorf("%d sections are left of %d", len(whole.MediaDescriptions), sections)
			}
		}
		fold(d, mid)
		if _, err := d.Marshal(); err != nil {
			t.Error(err)
		}
	})
}

func TestTwin_FoldedAndPutBack(t *testing.T) {
	parse := func(text string) *sdp.SessionDescription {
		d, err := inspect(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d, ours := parse(twoPictures), parse(twoPictures)
	fold(d, "screen")
	if group, _ := d.Attribute("group"); len(d.MediaDescriptions) != 3 || group != "BUNDLE 0 1 2" {
		t.Errorf("%d sections, group %q", len(d.MediaDescriptions), group)
	}
	line, ok := twinLineOf(d)
	if got := line.String(); !ok || got != "screen sendrecv AA:BB 8 9" {
		t.Fatalf("the line is %q, %v", got, ok)
	}
	back := line.unfold(d, ours)
	m := sectionOf(back.MediaDescriptions[2])
	if group, _ := back.Attribute("group"); group != "BUNDLE 0 1 2 screen" || m.mid != "screen" || m.primary != 8 || m.repair != 9 {
		t.Errorf("group %q, section %+v", group, m)
	}
	if last := line.unfold(d, nil).MediaDescriptions[3]; midOf(last) != "screen" {
		t.Errorf("the last section of an offer is %q", midOf(last))
	}
	gone := twinLine{mid: "screen", direction: inactive}.unfold(d, ours)
	if r := gone.MediaDescriptions[2]; !refused(r) || directionOf(gone, r) != inactive {
		t.Errorf("the section is not refused: %+v", r)
	}
	for _, value := range []string{
		"", "screen", "screen sendrecv", "screen sendrecv AA:CC", "1 sendrecv AA:BB", "screen inactive AA:BB", "screen both AA:BB",
		"screen sendrecv AA:BB x", "screen sendrecv AA:BB 0", "screen sendrecv AA:BB 1 2 3", "screen sendrecv AA:BB 4294967296",
	} {
		bad := parse(twoPictures)
		fold(bad, "screen")
		a := bad.MediaDescriptions[1].Attributes
		a[len(a)-1].Value = value
		if line, ok := twinLineOf(bad); ok {
			t.Errorf("%q is taken for %v", value, line)
		}
	}
}
