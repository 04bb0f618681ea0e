package engine_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/value"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	v, err := value.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestReadDescription(t *testing.T) {
	whole := `{"type":"offer","sdp":"v=0\r\n"}`
	packed := base64.StdEncoding.EncodeToString([]byte(whole))
	for _, test := range []struct{ name, in, want string }{
		{"object", whole, "offer"},
		{"object, other case", `{"type":"Offer","sdp":"v=0\r\n"}`, "offer"},
		{"text", `"v=0\r\n"`, "-"},
		{"JSON in a string", quoted(whole), "offer"},
		{"JSON in a string in a string", quoted(quoted(whole)), "offer"},
		{"base64", quoted(packed), "offer"},
		{"base64 without padding", quoted(strings.TrimRight(packed, "=")), "offer"},
		{"base64 for addresses", quoted(base64.URLEncoding.EncodeToString([]byte(`{"type":"offer","sdp":"v=0\r\n","x":"??>>~~"}`))), "offer"},
		{"nested", `{"sdp":{"type":"answer","sdp":"v=0\r\n"}}`, "answer"},
		{"named by its member", `{"answer":"v=0\r\n"}`, "answer"},
		{"jsep", `{"jsep":{"type":"answer","sdp":"v=0\r\n","trickle":true}}`, "answer"},
		{"unknown type", `{"type":"media","sdp":"v=0\r\n"}`, "-"},
		{"rollback", `{"type":"rollback"}`, ""},
		{"nothing", `{}`, ""},
		{"null", `null`, ""},
		{"number", `5`, ""},
		{"empty", `{"type":"offer","sdp":""}`, ""},
		{"no base64 of JSON", `"aGVsbG8="`, ""},
		{"wrapped too often", `{"sdp":{"sdp":{"sdp":{"sdp":{"sdp":"v=0"}}}}}`, ""},
		{"too large", quoted("v=0" + strings.Repeat("x", 128<<10)), ""},
	} {
		d, ok := engine.ReadDescription(decode(t, test.in))
		got := string(d.Type)
		if ok && got == "" {
			got = "-"
		}
		if !ok {
			got = ""
		}
		if got != test.want || ok && d.SDP != "v=0\r\n" {
			t.Errorf("%s: %q %q", test.name, got, d.SDP)
		}
	}
}

func quoted(s string) string {
	out, err := value.Encode(s)
	if err != nil {
		return ""
	}
	return string(out)
}

func TestReadCandidates(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"init", `{"candidate":"candidate:1","sdpMid":"a","sdpMLineIndex":2,"usernameFragment":"u"}`, "candidate:1 a 2 u"},
		{"without a section", `{"candidate":"candidate:1"}`, "candidate:1 - 0"},
		{"mid null", `{"candidate":"candidate:1","sdpMid":null,"sdpMLineIndex":1}`, "candidate:1 - 1"},
		{"label and id", `{"type":"candidate","label":1,"id":"video","candidate":"candidate:1"}`, "candidate:1 video 1"},
		{"label as text", `{"label":"1","id":"0","candidate":"candidate:1"}`, "candidate:1 0 1"},
		{"index that is none", `{"candidate":"candidate:1","sdpMLineIndex":-1}`, "candidate:1 - 0"},
		{"nested", `{"candidate":{"candidate":"candidate:1","sdpMid":"0"}}`, "candidate:1 0 -"},
		{"ice", `{"ice":{"candidate":"candidate:1","sdpMid":"0"}}`, "candidate:1 0 -"},
		{"text", `"candidate:1"`, "candidate:1 - 0"},
		{"attribute", `"a=candidate:1"`, "candidate:1 - 0"},
		{"JSON in a string", `"{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\"}"`, "candidate:1 0 -"},
		{"list", `[{"candidate":"candidate:1","sdpMid":"0"},{"candidate":"candidate:2","sdpMid":"0"}]`, "candidate:1 0 -; candidate:2 0 -"},
		{"list inside", `{"candidates":[{"candidate":"candidate:1","sdpMid":"0"}]}`, "candidate:1 0 -"},
		{"end: null", `null`, "end"},
		{"end: empty", `""`, "end"},
		{"end: empty candidate", `{"candidate":"","sdpMid":"0"}`, "end"},
		{"end: null candidate", `{"candidate":null}`, "end"},
		{"end: completed", `{"completed":true}`, "end"},
		{"nothing", `{}`, "none"},
		{"another text", `"hello"`, "none"},
		{"another candidate", `{"candidate":"hello"}`, "none"},
		{"a list of nothing", `[]`, "none"},
		{"too large", `"candidate:` + strings.Repeat("1", 5000) + `"`, "none"},
		{"too many", `[` + strings.Repeat(`"candidate:1",`, 32) + `"candidate:1"]`, "none"},
		{"wrapped too often", `[[[[["candidate:1"]]]]]`, "none"},
	} {
		all, ok := engine.ReadCandidates(decode(t, test.in))
		got := "none"
		if ok {
			got = ""
			for i, c := range all {
				if i > 0 {
					got += "; "
				}
				got += spell(c)
			}
		}
		if got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
	}
}

func spell(c signaling.Candidate) string {
	if c == (signaling.Candidate{}) {
		return "end"
	}
	out := c.Candidate + " "
	if c.SDPMid != nil {
		out += *c.SDPMid
	} else {
		out += "-"
	}
	out += " "
	if c.SDPMLineIndex != nil {
		out += string(rune('0' + *c.SDPMLineIndex))
	} else {
		out += "-"
	}
	if c.UsernameFragment != nil {
		out += " " + *c.UsernameFragment
	}
	return out
}

func TestReadICE(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{`[{"urls":"stun:a"}]`, " stun:a"},
		{`[{"urls":["stun:a","TURN:b?transport=udp","stun:a"],"username":"u","credential":5}]`, " stun:a,TURN:b?transport=udp as u:5"},
		{`{"url":"stuns:a"}`, " stuns:a"},
		{`{"iceServers":[{"urls":"stun:a"}]}`, " stun:a"},
		{`"[{\"urls\":\"stun:a\"}]"`, " stun:a"},
		{`[{"urls":"http://a"},{"urls":5},"x",{}]`, ""},
		{`[]`, ""},
	} {
		all, ok := engine.ReadICE(decode(t, test.in))
		if got := servers(all); !ok || got != test.want {
			t.Errorf("%s: %q %v", test.in, got, ok)
		}
	}
	for _, in := range []string{`5`, `null`, `"x"`, `"\"\\\"\\\"\""`} {
		if _, ok := engine.ReadICE(decode(t, in)); ok {
			t.Errorf("%s is taken for servers", in)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, test := range []struct {
		sdp  string
		want media.Kind
	}{
		{"v=0\r\nm=audio 9 X 0\r\n", media.Audio},
		{"v=0\r\nm=audio 9 X 0\r\nm=video 9 X 0\r\n", media.Video},
		{"v=0\r\nm=audio 9 X 0\r\nm=video 0 X 0\r\n", media.Audio},
		{"v=0\r\nm=audio 9 X 0\r\nm=video 9 X 0\r\na=inactive\r\n", media.Audio},
		{"v=0\r\nm=video 9 X 0\r\na=inactive\r\nm=video 9 X 0\r\na=recvonly\r\n", media.Video},
		{"v=0\r\nm=application 9 X 0\r\n", media.Video},
		{"v=0", media.Video},
	} {
		if got := engine.KindOf(test.sdp); got != test.want {
			t.Errorf("%q: %v", test.sdp, got)
		}
	}
}

// What we write, in every form.
func TestEncodings(t *testing.T) {
	short := signaling.Description{Type: signaling.Offer, SDP: "v=0"}
	for _, test := range []struct{ encoding, want string }{
		{"object", "say {'s':{'sdp':'v=0','type':'offer'}}"},
		{"text", "say {'s':'v=0'}"},
		{"json", `say {'s':'{\'sdp\':\'v=0\',\'type\':\'offer\'}'}`},
		{"base64-json", "say {'s':'" + base64.StdEncoding.EncodeToString([]byte(`{"sdp":"v=0","type":"offer"}`)) + "'}"},
	} {
		p := parsed(t, replaced(base, `frame = { do = "call", to = "${to}", sdp = "${sdp}" }`, `frame = { s = "${sdp}" }`)+
			"[sdp]\nencoding = \""+test.encoding+"\"\n")
		r := online(t, p)
		if got := r.send("you", "1", signaling.Invite{Offer: &short}); got != test.want {
			t.Errorf("%s: %s", test.encoding, got)
		}
	}
	mid, index, user := "0", uint16(1), "u"
	full := signaling.Candidate{Candidate: "candidate:1", SDPMid: &mid, SDPMLineIndex: &index, UsernameFragment: &user}
	for _, test := range []struct{ shape, end, want, last string }{
		{"init", "none", "{'candidate':'candidate:1','sdpMLineIndex':1,'sdpMid':'0','usernameFragment':'u'}", ""},
		{"init", "null", "{'candidate':'candidate:1','sdpMLineIndex':1,'sdpMid':'0','usernameFragment':'u'}", "null"},
		{"init", "completed", "{'candidate':'candidate:1','sdpMLineIndex':1,'sdpMid':'0','usernameFragment':'u'}", "{'completed':true}"},
		{"label", "empty", "{'candidate':'candidate:1','id':'0','label':1}", "{'candidate':''}"},
		{"label", "completed", "{'candidate':'candidate:1','id':'0','label':1}", "{'completed':true}"},
		{"text", "empty", "'candidate:1'", "''"},
		{"json", "empty", `'{\'candidate\':\'candidate:1\',\'sdpMLineIndex\':1,\'sdpMid\':\'0\',\'usernameFragment\':\'u\'}'`, `'{\'candidate\':\'\'}'`},
		{"list", "completed", "[{'candidate':'candidate:1','sdpMLineIndex':1,'sdpMid':'0','usernameFragment':'u'}]", "[{'completed':true}]"},
	} {
		p := parsed(t, base+"[candidates]\nshape = \""+test.shape+"\"\nend = \""+test.end+"\"\n[send.candidate]\nframe = { c = \"${candidate}\" }\n")
		r := online(t, p)
		r.send("you", "1", invite("A"))
		r.want(r.send("you", "1", full), "say {'c':"+test.want+"}")
		want := ""
		if test.last != "" {
			want = "say {'c':" + test.last + "}"
		}
		r.want(r.send("you", "1", signaling.Candidate{}), want)
	}
}
