package socketio_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"parley/signaling/wire/socketio"
)

func TestDecodePacket(t *testing.T) {
	number := func(s string) json.Number { return json.Number(s) }
	for text, want := range map[string]socketio.Packet{
		`0`:                 {Type: socketio.Connect, Namespace: "/", ID: socketio.NoID},
		`0{"sid":"x"}`:      {Type: socketio.Connect, Namespace: "/", ID: socketio.NoID, Data: map[string]any{"sid": "x"}},
		`0/chat`:            {Type: socketio.Connect, Namespace: "/chat", ID: socketio.NoID},
		`0/chat,{"sid":""}`: {Type: socketio.Connect, Namespace: "/chat", ID: socketio.NoID, Data: map[string]any{"sid": ""}},
		`1/chat,`:           {Type: socketio.Disconnect, Namespace: "/chat", ID: socketio.NoID},
		`2["joinRoom","001"]`: {
			Type: socketio.EventPacket, Namespace: "/", ID: socketio.NoID, Data: []any{"joinRoom", "001"},
		},
		`2/chat,["x",{}]`: {
			Type: socketio.EventPacket, Namespace: "/chat", ID: socketio.NoID, Data: []any{"x", map[string]any{}},
		},
		`27["q",9007199254740993]`: {
			Type: socketio.EventPacket, Namespace: "/", ID: 7, Data: []any{"q", number("9007199254740993")},
		},
		`2[5,"numbered"]`: {
			Type: socketio.EventPacket, Namespace: "/", ID: socketio.NoID, Data: []any{number("5"), "numbered"},
		},
		`37[]`:       {Type: socketio.Ack, Namespace: "/", ID: 7, Data: []any{}},
		`3/a,12[""]`: {Type: socketio.Ack, Namespace: "/a", ID: 12, Data: []any{""}},
		`4"no"`:      {Type: socketio.ConnectError, Namespace: "/", ID: socketio.NoID, Data: "no"},
		`51-["bin",{"_placeholder":true,"num":0}]`: {
			Type: socketio.BinaryEvent, Attachments: 1, Namespace: "/", ID: socketio.NoID,
			Data: []any{"bin", map[string]any{"_placeholder": true, "num": number("0")}},
		},
		`62-/a,3["x"]`: {Type: socketio.BinaryAck, Attachments: 2, Namespace: "/a", ID: 3, Data: []any{"x"}},
	} {
		got, err := socketio.DecodePacket([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("DecodePacket(%s) = %#v, %v", text, got, err)
		}
		if strings.HasSuffix(text, "chat") {
			continue // the comma may be left out, but we write it
		}
		if back, err := got.Encode(); err != nil || string(back) != "4"+text {
			t.Errorf("%s was encoded as %s, %v", text, back, err)
		}
	}
}

func TestDecodePacket_Refuses(t *testing.T) {
	for _, text := range []string{
		"", "7", "x", "2", "2{}", "2[]", "2[{}]", "2[null]", `2["a"`, `2["a"]]`, `2["a"]["b"]`, "3[]", "37", "37{}",
		`5["a"]`, `5-["a"]`, `5x-["a"]`, `5-1-["a"]`, `51000000-["a"]`, `2/chat["a"]`, "0 0", "0null", `21234567890["a"]`,
		`2["a",` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `]`,
	} {
		if p, err := socketio.DecodePacket([]byte(text)); !errors.Is(err, socketio.ErrMalformed) {
			t.Errorf("DecodePacket(%s) = %#v, %v", text, p, err)
		}
	}
}

func TestPacket_EncodeKeepsTextAsItIs(t *testing.T) {
	p := socketio.Packet{Type: socketio.EventPacket, ID: socketio.NoID, Data: []any{"a<b>&", json.Number("1e3")}}
	if got, err := p.Encode(); err != nil || string(got) != `42["a<b>&",1e3]` {
		t.Errorf("Encode = %s, %v", got, err)
	}
	p.Data = []any{func() {}}
	if got, err := p.Encode(); err == nil {
		t.Errorf("Encode = %s", got)
	}
}

// FuzzDecodePacket looks that what is read can be written, and reads the same.
func FuzzDecodePacket(f *testing.F) {
	for _, text := range []string{
		`0`, `0{"sid":"x"}`, `0/chat,{"token":"t"}`, `1`, `2["a",1]`, `2/n,7["a",{"b":null}]`, `3/n,7[]`, `4"no"`,
		`4{"message":"m","data":[1]}`, `51-["bin",{"_placeholder":true,"num":0}]`, `62-3["x"]`, `2[5]`, `2/,["x"]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := socketio.DecodePacket(text)
		if err != nil {
			if !errors.Is(err, socketio.ErrMalformed) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		back, err := socketio.DecodePacket(again[1:])
		if err != nil || !reflect.DeepEqual(p, back) {
			t.Fatalf("%q became %q: %#v, %v", text, again, back, err)
		}
	})
}
