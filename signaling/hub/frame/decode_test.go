package frame_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"parley/media"
	"parley/signaling"
	"parley/signaling/hub/frame"
)

const callID = `"call":"0123456789abcdef"`

func TestFromClient_RefusesWhatIsMalformed(t *testing.T) {
	long := strings.Repeat("x", 65)
	for _, c := range []struct{ name, text, says string }{
		{"nothing", ``, "JSON"},
		{"no JSON", `hello`, "JSON"},
		{"a number", `123`, "JSON"},
		{"an array", `[]`, "JSON"},
		{"null", `null`, "null"},
		{"two objects", `{"type":"link"}{"type":"link"}`, "JSON"},
		{"not UTF-8", "{\"type\":\"link\",\"x\":\"\xff\"}", "UTF-8"},
		{"no type", `{}`, "type"},
		{"type in another case", `{"Type":"link"}`, "type"},
		{"type is null", `{"type":null}`, "type"},
		{"type is a number", `{"type":7}`, "type"},
		{"type is long", `{"type":"` + long + `"}`, "type"},
		{"unknown type", `{"type":"dance","to":"bert",` + callID + `}`, "unknown type"},
		{"a frame of the hub", `{"type":"welcome"}`, "unknown type"},
		{"identify without name", `{"type":"identify"}`, "name"},
		{"name of the wrong type", `{"type":"identify","name":["anna"]}`, "name"},
		{"display of the wrong type", `{"type":"identify","name":"anna","display":1}`, "display"},
		{"resume too long", `{"type":"identify","name":"anna","resume":"` + long + long + `"}`, "resume"},
		{"no to", `{"type":"bye",` + callID + `}`, "to"},
		{"to in another case", `{"type":"bye","TO":"bert",` + callID + `}`, "to"},
		{"to is no name", `{"type":"bye","to":"b e r t",` + callID + `}`, "to"},
		{"no call", `{"type":"bye","to":"bert"}`, "call"},
		{"call too short", `{"type":"bye","to":"bert","call":"0123456789abcde"}`, "call"},
		{"call too long", `{"type":"bye","to":"bert","call":"` + long + `"}`, "call"},
		{"call of other letters", `{"type":"bye","to":"bert","call":"0123456789abcde!"}`, "call"},
		{"call not ASCII", `{"type":"bye","to":"bert","call":"0123456789abcdeé"}`, "call"},
		{"invite without kind", `{"type":"invite","to":"bert",` + callID + `}`, "kind"},
		{"invite of another kind", `{"type":"invite","to":"bert","kind":"smell",` + callID + `}`, "kind"},
		{"invite with an answer", `{"type":"invite","to":"bert","kind":"audio","description":{"type":"answer","sdp":"v=0"},` + callID + `}`, "offer"},
		{"invite with half an offer", `{"type":"invite","to":"bert","kind":"audio","description":{"type":"offer"},` + callID + `}`, "sdp"},
		{"accept without kind", `{"type":"accept","to":"bert",` + callID + `}`, "kind"},
		{"decline with a long text", `{"type":"decline","to":"bert","text":"` + strings.Repeat("x", 201) + `",` + callID + `}`, "text"},
		{"decline with a trick", `{"type":"decline","to":"bert","text":"\u202e",` + callID + `}`, "text"},
		{"cancel with a word", `{"type":"cancel","to":"bert","timeout":"yes",` + callID + `}`, "timeout"},
		{"no description", `{"type":"description","to":"bert",` + callID + `}`, "description"},
		{"description is text", `{"type":"description","to":"bert","description":"v=0",` + callID + `}`, "description"},
		{"description of another type", `{"type":"description","to":"bert","description":{"type":"rollback","sdp":"x"},` + callID + `}`, "neither"},
		{"empty SDP", `{"type":"description","to":"bert","description":{"type":"offer","sdp":""},` + callID + `}`, "sdp"},
		{"negative round", `{"type":"description","to":"bert","description":{"type":"offer","sdp":"v=0","round":-1},` + callID + `}`, "round"},
		{"half a round", `{"type":"description","to":"bert","description":{"type":"offer","sdp":"v=0","round":0.5},` + callID + `}`, "round"},
		{"huge round", `{"type":"description","to":"bert","description":{"type":"offer","sdp":"v=0","round":3000000000},` + callID + `}`, "round"},
		{"no candidate", `{"type":"candidate","to":"bert",` + callID + `}`, "candidate"},
		{"candidate is null", `{"type":"candidate","to":"bert","candidate":null,` + callID + `}`, "candidate"},
		{"candidate is text", `{"type":"candidate","to":"bert","candidate":"candidate:1",` + callID + `}`, "candidate"},
		{"candidate without candidate", `{"type":"candidate","to":"bert","candidate":{"sdpMid":"0"},` + callID + `}`, "candidate"},
		{"index out of range", `{"type":"candidate","to":"bert","candidate":{"candidate":"","sdpMLineIndex":65536},` + callID + `}`, "sdpMLineIndex"},
		{"deep", `{"type":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := frame.FromClient([]byte(c.text))
			var e frame.Error
			if !errors.As(err, &e) || f != nil {
				t.Fatalf("got %#v, %v", f, err)
			}
			if e.Code != frame.BadFrame || !strings.Contains(e.Text, c.says) {
				t.Errorf("got %v, want %s and %q", e, frame.BadFrame, c.says)
			}
		})
	}
}

func TestFromClient_TellsWhichCallAFaultIsOf(t *testing.T) {
	_, err := frame.FromClient([]byte(`{"type":"accept","to":"bert",` + callID + `}`))
	var e frame.Error
	if !errors.As(err, &e) || e.ID != "0123456789abcdef" || e.To != "bert" {
		t.Errorf("got %#v", err)
	}
}

func TestFromClient_TakesWhatBrowsersSend(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       frame.Frame
	}{
		{
			"unknown members", `{"type":"identify","name":"anna","NAME":"bert","future":{"a":[1]}}`,
			frame.Identify{Name: "anna"},
		},
		{"folded display", `{"type":"identify","name":"anna","display":"  Anna \n Maria\u00a0B. "}`, frame.Identify{Name: "anna", Display: "Anna Maria B."}},
		{"guest with a name", `{"type":"identify","invite":"t","name":"not looked at!"}`, frame.Identify{Invite: "t"}},
		{"composed name", "{\"type\":\"identify\",\"name\":\"Zoe\u0308\"}", frame.Identify{Name: "Zo\u00eb"}},
		{"no round", `{"type":"description","to":"b","description":{"type":"offer","sdp":"v=0"},` + callID + `}`, frame.Call{
			To: "b", ID: "0123456789abcdef", Message: signaling.Description{Type: signaling.Offer, SDP: "v=0"},
		}},
		{"null members", `{"type":"candidate","to":"b","candidate":{"candidate":"","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null},` + callID + `}`, frame.Call{
			To: "b", ID: "0123456789abcdef", Message: signaling.Candidate{},
		}},
		{"null offer", `{"type":"invite","to":"b","kind":"video","description":null,` + callID + `}`, frame.Call{
			To: "b", ID: "0123456789abcdef", Message: signaling.Invite{Kind: media.Video},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := frame.FromClient([]byte(c.text))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %#v, %v\nwant %#v", got, err, c.want)
			}
		})
	}
}

func TestFromHub(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       frame.Frame // nil: refused
	}{
		{"unknown type", `{"type":"weather","from":7}`, frame.Unknown{Type: "weather"}},
		{"one URL", `{"type":"welcome","self":{"name":"a","display":"","kind":"person"},"ice":[{"urls":"stun:x"}]}`, frame.Welcome{
			Self: frame.Member{Name: "a", Display: "a", Kind: signaling.Person}, ICE: []signaling.ICEServer{{URLs: []string{"stun:x"}}},
		}},
		{"no URL", `{"type":"welcome","self":{"name":"a","display":"","kind":"person"},"ice":[{"urls":[]}]}`, nil},
		{"no ice", `{"type":"welcome","self":{"name":"a","display":"","kind":"person"}}`, nil},
		{"no self", `{"type":"welcome","ice":[]}`, nil},
		{"other kind", `{"type":"came","member":{"name":"a","display":"A","kind":"alien"}}`, nil},
		{"null member", `{"type":"came","member":null}`, nil},
		{"no name", `{"type":"gone"}`, nil},
		{"presence of null", `{"type":"presence","here":[null]}`, nil},
		{"no presence", `{"type":"presence"}`, nil},
		{"no time", `{"type":"link","url":"http://x/i/t","expires":"tomorrow"}`, nil},
		{"call without from", `{"type":"bye",` + callID + `}`, nil},
		{"call with a shouting display", `{"type":"invite","from":"a","kind":"audio","display":"` + strings.Repeat("A", 65) + `",` + callID + `}`, nil},
		{"error with a bad call", `{"type":"error","code":"x","call":"short"}`, nil},
		{"error of a later version", `{"type":"error","code":"new-code"}`, frame.Error{Code: "new-code"}},
		{"no JSON", `{`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := frame.FromHub([]byte(c.text))
			if !reflect.DeepEqual(got, c.want) || (err == nil) == (c.want == nil) {
				t.Errorf("got %#v, %v\nwant %#v", got, err, c.want)
			}
		})
	}
}

func FuzzFromClient(f *testing.F) { fuzz(f, frame.FromClient) }

func FuzzFromHub(f *testing.F) { fuzz(f, frame.FromHub) }

// fuzz proves that nothing makes decode fail but by an Error that can be sent,
// and that what it takes is written and read again the same.
func fuzz(f *testing.F, decode func([]byte) (frame.Frame, error)) {
	f.Helper()
	for _, side := range []map[string]frame.Frame{fromClient, fromHub} {
		for _, v := range side {
			text, err := frame.Encode(v)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := decode(data)
		if err != nil {
			var e frame.Error
			if !errors.As(err, &e) || e.Code.CloseCode() == 0 {
				t.Fatalf("error %#v", err)
			}
			first = e
		}
		text, err := frame.Encode(first)
		if err != nil {
			t.Fatal(err)
		}
		if _, fault := first.(frame.Error); fault {
			decode = frame.FromHub
		}
		second, err := decode(text)
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("%s\nfirst  %#v\nsecond %#v, %v", text, first, second, err)
		}
	})
}
