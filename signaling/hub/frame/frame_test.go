package frame_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/hub/frame"
)

var update = flag.Bool("update", false, "write the golden frames anew")

func of[T any](v T) *T { return &v }

const id = signaling.CallID("0123456789_abcdef-XYZ")

var offer = &signaling.Description{Type: signaling.Offer, SDP: "v=0\r\na=<&>\r\n", Round: 2}

// fromClient are frames that clients send, by the name of their golden file.
var fromClient = map[string]frame.Frame{
	"identify":        frame.Identify{Name: "Zoë", Display: "Zoë 王", Resume: "secret"},
	"identify-guest":  frame.Identify{Invite: "token", Display: "A friend"},
	"identify-plain":  frame.Identify{Name: "anna"},
	"link-request":    frame.LinkRequest{},
	"to-invite":       frame.Call{To: "bert", ID: id, Message: signaling.Invite{Kind: media.Audio}},
	"to-invite-offer": frame.Call{To: "bert", ID: id, Message: signaling.Invite{Kind: media.Video, Offer: offer}},
	"to-ringing":      frame.Call{To: "bert", ID: id, Message: signaling.Ringing{}},
	"to-accept":       frame.Call{To: "bert", ID: id, Message: signaling.Accept{Kind: media.Video}},
	"to-decline":      frame.Call{To: "bert", ID: id, Message: signaling.Decline{Text: "in a meeting"}},
	"to-decline-mute": frame.Call{To: "bert", ID: id, Message: signaling.Decline{}},
	"to-busy":         frame.Call{To: "bert", ID: id, Message: signaling.Busy{}},
	"to-cancel":       frame.Call{To: "bert", ID: id, Message: signaling.Cancel{}},
	"to-timeout":      frame.Call{To: "bert", ID: id, Message: signaling.Cancel{Timeout: true}},
	"to-description":  frame.Call{To: "bert", ID: id, Message: signaling.Description{Type: signaling.Answer, SDP: "v=0\r\n"}},
	"to-candidate": frame.Call{To: "bert", ID: id, Message: signaling.Candidate{
		Candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", SDPMid: of("0"), SDPMLineIndex: of(uint16(0)), UsernameFragment: of("abcd"),
	}},
	"to-candidate-end": frame.Call{To: "bert", ID: id, Message: signaling.Candidate{}},
	"to-bye":           frame.Call{To: "bert", ID: id, Message: signaling.Bye{}},
}

// fromHub are frames that the hub sends.
var fromHub = map[string]frame.Frame{
	"welcome": frame.Welcome{
		Self: frame.Member{Name: "anna", Display: "Anna", Kind: signaling.Person}, Resume: "secret",
		ICE: []signaling.ICEServer{{URLs: []string{"stun:192.0.2.1"}}, {URLs: []string{"turn:192.0.2.1", "turns:192.0.2.1"}, Username: "u", Credential: "c"}},
	},
	"welcome-plain":  frame.Welcome{Self: frame.Member{Name: "guest-abcdefgh", Display: "A", Kind: signaling.Guest}, Resume: "s", ICE: []signaling.ICEServer{}},
	"presence":       frame.Presence{Here: []frame.Member{{"echo", "Echo", signaling.Robot}, {"王", "王", signaling.Person}}},
	"presence-empty": frame.Presence{Here: []frame.Member{}},
	"came":           frame.Came{Member: frame.Member{Name: "bert", Display: "Bert", Kind: signaling.Person}},
	"gone":           frame.Gone{Name: "bert"},
	"link":           frame.Link{URL: "https://hub.example/i/token", Expires: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)},
	"error":          frame.Error{Code: frame.NameTaken, Text: "the name is taken"},
	"error-call":     frame.Error{Code: frame.UnknownPeer, Text: "nobody of that name is here", ID: id, To: "bert"},
	"from-invite":    frame.Call{From: "anna", Display: "Anna", ID: id, Message: signaling.Invite{Kind: media.Video, Offer: offer}},
	"from-accept":    frame.Call{From: "anna", ID: id, Message: signaling.Accept{Kind: media.Audio}},
	"from-bye":       frame.Call{From: "anna", ID: id, Message: signaling.Bye{}},
}

// TestEncode_IsGolden proves that frames look as docs/protocol.md says, and that
// what is written can be read.
func TestEncode_IsGolden(t *testing.T) {
	for _, side := range []struct {
		frames map[string]frame.Frame
		decode func([]byte) (frame.Frame, error)
	}{{fromClient, frame.FromClient}, {fromHub, frame.FromHub}} {
		for name, f := range side.frames {
			t.Run(name, func(t *testing.T) {
				got, err := frame.Encode(f)
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join("testdata", "golden", name+".json")
				if *update {
					if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if string(got)+"\n" != string(want) {
					t.Errorf("got  %s\nwant %s", got, want)
				}
				back, err := side.decode(want)
				if err != nil || !reflect.DeepEqual(back, f) {
					t.Errorf("read back %#v, %v\nwant      %#v", back, err, f)
				}
			})
		}
	}
}

func TestEncode_RefusesWhatIsNoFrame(t *testing.T) {
	for _, f := range []frame.Frame{nil, frame.Call{ID: id}, frame.Call{ID: id, Message: signaling.Unavailable{}}} {
		if text, err := frame.Encode(f); err == nil {
			t.Errorf("Encode(%#v) = %s", f, text)
		}
	}
}

func TestCode_EveryOneOfTheTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "protocol.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, c := range []frame.Code{
		frame.Version, frame.NotIdentified, frame.BadName, frame.NameTaken, frame.InviteUnknown, frame.InviteExpired,
		frame.BadFrame, frame.UnknownPeer, frame.Forbidden, frame.TooFast, frame.TooLarge, frame.Full, frame.Slow, frame.Replaced,
	} {
		if !strings.Contains(string(text), "`"+string(c)+"`") {
			t.Errorf("docs/protocol.md does not tell of %s", c)
		}
		close := c.CloseCode()
		if c.Final() && close == 0 {
			t.Errorf("%s is final and closes nothing", c)
		}
		if close != 0 && seen[close] && c != frame.InviteExpired {
			t.Errorf("%s shares close code %d", c, close)
		}
		seen[close] = true
	}
}
