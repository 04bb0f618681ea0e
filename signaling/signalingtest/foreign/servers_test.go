package foreign_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"parley/signaling/signalingtest/foreign"
)

// These tests keep the imitations as bad as what they imitate.

func TestRoomWS_DiesOfWhatIsNoJSON(t *testing.T) {
	for _, text := range []string{"ping", "", "null"} {
		t.Run(text, func(t *testing.T) {
			s := foreign.Start(t, "room-ws")
			ctx := bounded(t)
			says(t, dial(t, ctx, s.WS), text)
			if err := s.Dies(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRoomWS_EchoesToTheFirstRoomOnly(t *testing.T) {
	s := foreign.Start(t, "room-ws")
	ctx := bounded(t)
	one, two := dial(t, ctx, s.WS), dial(t, ctx, s.WS)
	hears(t, one, "123")
	hears(t, two, "123")
	says(t, one, `{"event":"joinRoom","roomId":"a"}`)
	says(t, one, `{"event":"joinRoom","roomId":"b"}`)
	says(t, two, `{"event":"joinRoom","roomId":"b"}`)
	says(t, two, `{"event":"callRemote","roomId":"b"}`)
	hears(t, two, `{"event":"callRemote"}`)
	says(t, one, `{"event":"sendOffer","roomId":"b","offer":"e30="}`)
	hears(t, one, `{"event":"sendOffer","offer":"e30="}`)
}

func TestRoomNest_PassesOverWhatIsNoFrame(t *testing.T) {
	s := foreign.Start(t, "room-nest")
	socket := dial(t, bounded(t), s.WS)
	hears(t, socket, "connectionSuccess")
	for _, text := range []string{"ping", "null", `{"event":"nothing"}`, `{"event":"sendOffer"}`, `{"event":"joinRoom","data":"a"}`} {
		says(t, socket, text)
	}
	says(t, socket, `{"event":"callRemote","data":"a"}`)
	hears(t, socket, `{"event":"receiveCall"}`)
	says(t, socket, `{"event":"sendAnswer","data":{"roomId":"a","answer":{"type":"answer"}}}`)
	hears(t, socket, `{"event":"receiveAnswer","data":{"type":"answer"}}`)
}

func TestVueAVCall_TellsNumbersFromTexts(t *testing.T) {
	s := foreign.Start(t, "vue-av-call")
	ctx := bounded(t)
	one, two := dial(t, ctx, s.WS), dial(t, ctx, s.WS)
	says(t, one, `{"type":"bind","from":{"id":1}}`)
	hears(t, one, `"user_id":1`)
	says(t, two, `{"type":"bind","from":{"id":2}}`)
	hears(t, two, `"user_id":2`)
	says(t, two, `{"type":"chat","from":{"id":2},"to":{"id":1}}`) // no call: nobody hears
	says(t, two, `{"type":"video_call","from":{"id":2},"to":{"id":"1"},"action":"offer"}`)
	hears(t, two, `{"type":"video_call","from":{"id":"1"},"to":{"id":"1"},"action":"error","error":"offline"`)
	says(t, two, `{"type":"video_call","from":{"id":2},"to":{"id":1},"action":"offer","more":[1]}`)
	hears(t, one, `{"type":"video_call","from":{"id":2},"to":{"id":1},"action":"offer","more":[1]}`)
}

func TestVueAVCall_ForgetsWhoBoundAnew(t *testing.T) {
	s := foreign.Start(t, "vue-av-call")
	ctx := bounded(t)
	old, young, other := dial(t, ctx, s.WS), dial(t, ctx, s.WS), dial(t, ctx, s.WS)
	says(t, old, `{"type":"bind","from":{"id":1}}`)
	hears(t, old, "bind")
	says(t, young, `{"type":"bind","from":{"id":1}}`)
	hears(t, young, "bind")
	_ = old.Close()
	if err := s.Until(ctx, func(said []foreign.Frame) bool { return said[len(said)-1].Gone }); err != nil {
		t.Fatal(err)
	}
	says(t, other, `{"type":"audio_call","from":{"id":2},"to":{"id":1},"action":"offer"}`)
	hears(t, other, "offline")
}

// answer is what the WeChat clone answers.
type answer struct {
	Code    json.RawMessage
	RepCode string
	Data    json.RawMessage
	RepData struct{ OriginalImageBase64, JigsawImageBase64 []byte }
}

func ask(t *testing.T, ctx context.Context, method, url, token, body string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return a
}

func TestWeChatClone_CallsUpByHTTPAndDownByWebSocket(t *testing.T) {
	s := foreign.Start(t, "wechat-clone")
	ctx := bounded(t)
	kim := dial(t, ctx, s.WS)
	says(t, kim, `{"who":"user","action":"login","data":{"uid":3}}`)
	if err := s.Until(ctx, func(said []foreign.Frame) bool { return len(said) > 0 }); err != nil {
		t.Fatal(err)
	}
	const message = `{"to_user":%d,"is_group":0,"type":"video_call","content":"","action":"offer","offer":{"type":"offer"}%s}`
	for _, c := range []struct{ token, body, code, data string }{
		{"pasted-token-of-1", fmt.Sprintf(message, 3, ""), `"200001"`, `{"id":101}`},
		{"pasted-token-of-1", fmt.Sprintf(message, 3, `,"id":-1`), `"200001"`, `[]`},
		{"pasted-token-of-1", fmt.Sprintf(message, 3, `,"id":101`), `"200001"`, `[]`},
		{"pasted-token-of-1", fmt.Sprintf(message, 4, ""), `500211`, `[]`},
		{"pasted-token-of-1", `{"to_user":3,"is_group":0,"type":"video_call","action":"offer"}`, `500000`, `[]`},
		{"wrong", fmt.Sprintf(message, 3, ""), `401200`, `[]`},
	} {
		a := ask(t, ctx, http.MethodPost, s.HTTP+"/message/send", c.token, c.body)
		if string(a.Code) != c.code || string(a.Data) != c.data {
			t.Errorf("%s: answered %s %s, want %s %s", c.body, a.Code, a.Data, c.code, c.data)
		}
	}
	hears(t, kim, `"action":"call","data":{"id":101,"from":{"id":1`)
	friends := ask(t, ctx, http.MethodGet, s.HTTP+"/friend/list?type=all", "pasted-token-of-1", "")
	if want := `{"B":[{"friend":2,`; !strings.HasPrefix(string(friends.Data), want) {
		t.Errorf("friends are %s, want %s...", friends.Data, want)
	}
}

func TestWeChatClone_PuzzleIsAPicture(t *testing.T) {
	s := foreign.Start(t, "wechat-clone")
	a := ask(t, bounded(t), http.MethodPost, s.HTTP+"/system/captcha/get", "", `{"captchaType":"blockPuzzle"}`)
	for name, c := range map[string]struct {
		text []byte
		want image.Point
	}{"picture": {a.RepData.OriginalImageBase64, image.Pt(310, 155)}, "piece": {a.RepData.JigsawImageBase64, image.Pt(47, 155)}} {
		picture, _, err := image.Decode(bytes.NewReader(c.text))
		if err != nil || picture.Bounds().Size() != c.want {
			t.Errorf("%s: %v, want one of %v", name, err, c.want)
		}
	}
}
