package conn

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
)

// soundSection is a description with sound, whose lines are given.
func soundSection(lines ...string) string {
	return strings.Join(append([]string{
		"v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0", "c=IN IP4 0.0.0.0",
	}, append(lines, "")...), "\r\n")
}

func parsed(t *testing.T, text string) *sdp.SessionDescription {
	t.Helper()
	d := &sdp.SessionDescription{}
	if err := d.UnmarshalString(text); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWishes(t *testing.T) {
	const opus = "a=rtpmap:111 opus/48000/2"
	for _, row := range []struct {
		name  string
		lines []string
		want  SoundWishes
	}{
		{"nothing said", []string{opus}, SoundWishes{}},
		{
			"Chromium",
			[]string{opus, "a=fmtp:111 minptime=10;useinbandfec=1"},
			SoundWishes{MinPacket: 10 * time.Millisecond, FEC: true},
		},
		{
			"Firefox",
			[]string{opus, "a=fmtp:111 maxplaybackrate=48000;stereo=1;useinbandfec=1"},
			SoundWishes{PlaybackRate: 48_000, Stereo: true, FEC: true},
		},
		{"everything", []string{
			"a=rtpmap:111 OPUS/48000/2", "a=ptime:40", "a=maxptime:60",
			"a=fmtp:111 maxaveragebitrate=20000; maxplaybackrate=16000;minptime=20 ;cbr=1;USEDTX=1;stereo=0;sprop-stereo=1",
		}, SoundWishes{
			MaxBitrate: 20_000, PlaybackRate: 16_000, Constant: true, DTX: true,
			Packet: 40 * time.Millisecond, MinPacket: 20 * time.Millisecond, MaxPacket: 60 * time.Millisecond,
		}},
		{"nonsense", []string{
			opus, "a=ptime:NaN", "a=maxptime:-3", "a=fmtp:111 maxaveragebitrate=9999999999999;maxplaybackrate=;stereo;;=;minptime=1e9",
		}, SoundWishes{}},
		{"of another codec", []string{"a=rtpmap:0 PCMU/8000", "a=fmtp:0 stereo=1", opus}, SoundWishes{}},
		{"of a payload type that is not offered", []string{"a=rtpmap:99 opus/48000/2", "a=fmtp:99 stereo=1"}, SoundWishes{}},
	} {
		if got := Wishes(parsed(t, soundSection(row.lines...))); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
	}
}

func TestOwnFormats_SaysWhatWeHear(t *testing.T) {
	for _, lines := range [][]string{
		{"a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=0;maxaveragebitrate=6000", "a=rtpmap:0 PCMU/8000"},
		{"a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000"},
	} {
		text, err := ownFormats(soundSection(lines...))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(text, "a=fmtp:"); n != 1 {
			t.Errorf("%d formats in %s", n, text)
		}
		want := SoundWishes{MinPacket: 10 * time.Millisecond, FEC: true, DTX: true, Stereo: true}
		if got := Wishes(parsed(t, text)); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if _, err := ownFormats("nonsense"); err == nil {
		t.Error("nonsense has formats")
	}
}

func FuzzWishes(f *testing.F) {
	f.Add(soundSection("a=rtpmap:111 opus/48000/2", "a=ptime:20", "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1"))
	f.Fuzz(func(t *testing.T, text string) {
		d := &sdp.SessionDescription{}
		if d.UnmarshalString(text) != nil {
			return
		}
		w := Wishes(d)
		if w.MaxBitrate < 0 || w.PlaybackRate > 48_000 || w.Packet < 0 || w.MinPacket > 120*time.Millisecond || w.MaxPacket < 0 {
			t.Errorf("%+v", w)
		}
		if text, err := d.Marshal(); err == nil {
			_, _ = ownFormats(string(text))
		}
	})
}
