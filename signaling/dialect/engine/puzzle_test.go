package engine_test

import (
	"bytes"
	"crypto/aes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

const puzzled = `
[param.token]
[channel.web]
kind = "http"
[[identify]]
built = "block-puzzle"
unless = "token"
[[identify]]
frame = { captcha = "${var.captcha|or:}" }
`

func pngOf(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func puzzleFrame(t *testing.T, secret string) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 620, 10)), nil); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"status":200,"body":{"repCode":"0000","repData":{"originalImageBase64":%q,"jigsawImageBase64":%q,"token":"T","secretKey":%q}}}`,
		"data:image/jpeg;base64,"+base64.StdEncoding.EncodeToString(b.Bytes()), pngOf(t, 94, 10), secret)
}

// opened undoes AES block by block and its padding.
func opened(t *testing.T, sealed, key string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(raw); at += aes.BlockSize {
		block.Decrypt(raw[at:], raw[at:])
	}
	return string(raw[:len(raw)-int(raw[len(raw)-1])])
}

const getPuzzle = "say by web ? {'body':{'captchaType':'blockPuzzle'},'method':'POST','path':'/system/captcha/get'}"

func TestPuzzle(t *testing.T) {
	const key = "0123456789abcdef"
	r := newRig(t, parsed(t, base+puzzled))
	r.want(r.open(profile.Main), getPuzzle)
	r.want(r.answer(puzzleFrame(t, key)), "puzzle 620 wide")
	shown := r.acts[0].(engine.Puzzle).Challenge
	if shown.ID == "" || shown.Server != server || len(shown.Piece) == 0 {
		t.Errorf("%+v", shown)
	}
	r.want(r.pass(time.Hour), "") // people take their time
	body := r.solved(201)
	if text(body, "token") != "T" || text(body, "captchaType") != "blockPuzzle" {
		t.Errorf("%v", body)
	}
	if got := opened(t, text(body, "pointJson"), key); got != `{"x":100.5,"y":5}` {
		t.Errorf("the point is %s", got)
	}
	r.want(r.lines(r.engine.Solved(300, r.now)), "") // twice
	r.want(r.answer(`{"status":200,"body":{"repCode":"6111","repMsg":"wrong"}}`), getPuzzle)
	r.answer(puzzleFrame(t, key))
	r.solved(10000)
	done := r.answer(`{"status":200,"body":{"data":{"repCode":"0000","repData":{}}}}`)
	sealed := strings.TrimSuffix(strings.TrimPrefix(done, "say {'captcha':'"), "'}\nready me")
	if got := opened(t, sealed, key); got != `T---{"x":310,"y":5}` {
		t.Errorf("the proof is %s", got)
	}
}

// solved returns the body with which an answer is checked.
func (r *rig) solved(x int) any {
	r.t.Helper()
	r.lines(r.engine.Solved(x, r.now))
	if len(r.acts) != 1 {
		r.t.Fatal(r.acts)
	}
	w := r.acts[0].(engine.Write)
	if text(w.Body, "path") != "/system/captcha/check" {
		r.t.Error(text(w.Body, "path"))
	}
	return at(w.Body, "body")
}

func TestPuzzle_WithoutKey(t *testing.T) {
	r := newRig(t, parsed(t, base+puzzled))
	r.open(profile.Main)
	r.answer(puzzleFrame(t, ""))
	if got := text(r.solved(-5), "pointJson"); got != `{"x":0,"y":5}` {
		t.Errorf("the point is %s", got)
	}
	r.want(r.answer(`{"status":200,"body":{"repCode":"0000"}}`), `say {'captcha':'T---{\'x\':0,\'y\':5}'}`+"\nready me")
	r = newRig(t, parsed(t, base+puzzled), "token", "secret")
	r.want(r.open(profile.Main), "say {'captcha':''}\nready me")
}

func TestPuzzle_None(t *testing.T) {
	huge := strings.Replace(puzzleFrame(t, ""), "jigsaw", "x", 1)
	for _, frame := range []string{
		`{"status":404,"body":"not found"}`, `{"status":200,"body":{"repCode":"0000","repData":{}}}`, `{"status":200,"body":{"repCode":"0000","repData":{"originalImageBase64":"xxxx","jigsawImageBase64":"xxxx","token":"T"}}}`, huge, `null`,
	} {
		r := newRig(t, parsed(t, base+puzzled))
		r.open(profile.Main)
		r.want(r.answer(frame), "fault bad-puzzle: the server has no puzzle for us\ndrop")
		r.want(r.lines(r.engine.Solved(5, r.now)), "")
	}
	r := newRig(t, parsed(t, base+puzzled))
	r.open(profile.Main)
	r.want(r.pass(10*time.Second), "fault no-answer: step 1: the server did not answer in time\ndrop")
	r = newRig(t, parsed(t, base+puzzled))
	r.open(profile.Main)
	r.answer(puzzleFrame(t, "no key of AES"))
	if got := r.lines(r.engine.Solved(5, r.now)); !strings.HasPrefix(got, "fault bad-puzzle: seal the puzzle's answer") || !strings.HasSuffix(got, "drop") {
		t.Error(got)
	}
}

// TestPuzzle_Wide refuses pictures that would be too much to look at.
func TestPuzzle_Wide(t *testing.T) {
	r := newRig(t, parsed(t, base+puzzled))
	r.open(profile.Main)
	frame, err := value.Encode(object{"status": json.Number("200"), "body": object{"repCode": "0000", "repData": object{
		"originalImageBase64": pngOf(t, 4000, 1), "jigsawImageBase64": pngOf(t, 1, 1), "token": "T",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	r.want(r.answer(string(frame)), "fault bad-puzzle: the server has no puzzle for us\ndrop")
}
