package engine

import (
	"bytes"
	"crypto/aes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures of puzzles
	_ "image/png"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// The puzzle's own pages are this wide, and its piece moves along this line.
const (
	puzzleWidth = 310
	puzzleLine  = 5
)

// maxPuzzleSide is how wide and high a puzzle's picture can be, pixels.
const maxPuzzleSide = 2048

// puzzle is the sliding block of AJ-Captcha: the user finds where a piece of a
// picture belongs.
type puzzle struct {
	on            bool
	via           string
	token, secret string
	width         int
	answer        string // what we hand in, once solved
	checking      bool
}

// askPuzzle fetches a puzzle. The user can take their time for it.
func (e *Engine) askPuzzle(s *profile.Step) {
	e.puzzle = puzzle{on: true, via: e.puzzleChannel(s)}
	e.puzzlePost("/system/captcha/get", map[string]any{"captchaType": "blockPuzzle"})
}

// puzzleChannel is the one that the step names, or else the first of HTTP.
func (e *Engine) puzzleChannel(s *profile.Step) string {
	if len(s.Frames) > 0 {
		return viaOf(s.Frames[0].Via)
	}
	for _, name := range slices.Sorted(maps.Keys(e.profile.Channels)) {
		if e.profile.Channels[name].Kind == profile.HTTP {
			return name
		}
	}
	return profile.Main
}

func (e *Engine) puzzlePost(path string, body map[string]any) {
	e.identity.until = e.now.Add(within)
	e.do(Write{
		Via: e.puzzle.via, Ticket: e.tickets.issue(ticket{puzzle: true, step: true}),
		Body: map[string]any{"method": "POST", "path": path, "body": body},
	})
}

// puzzleAnswered takes the puzzle, or how good its solution was.
func (e *Engine) puzzleAnswered(frame any, err error) {
	if !e.puzzle.on {
		return
	}
	body, good := puzzleBody(frame)
	switch {
	case err != nil:
		e.fault("no-answer", fmt.Errorf("%w: %w", errUnanswered, err))
		e.drop()
	case e.puzzle.checking && good:
		e.capture("captcha", e.puzzle.answer)
		e.puzzle = puzzle{}
		e.identity.until = e.now.Add(within)
		e.advance()
	case e.puzzle.checking:
		e.askAnew()
	case !good || !e.showPuzzle(body):
		e.fault("bad-puzzle", errNoPuzzle)
		e.drop()
	}
}

var errNoPuzzle = errors.New("the server has no puzzle for us")

// askAnew fetches another puzzle after a wrong answer.
func (e *Engine) askAnew() {
	e.puzzle = puzzle{on: true, via: e.puzzle.via}
	e.puzzlePost("/system/captcha/get", map[string]any{"captchaType": "blockPuzzle"})
}

// puzzleBody finds the captcha's own answer, which may be in an envelope.
func puzzleBody(frame any) (data map[string]any, good bool) {
	object, _ := frame.(map[string]any)
	for range deepest {
		inner, ok := object["body"].(map[string]any)
		if !ok {
			inner, ok = object["data"].(map[string]any)
		}
		if _, here := object["repCode"]; here || !ok {
			break
		}
		object = inner
	}
	data, _ = object["repData"].(map[string]any)
	code, _ := value.Text(object["repCode"])
	return data, code == "0000"
}

// showPuzzle asks the user.
func (e *Engine) showPuzzle(data map[string]any) bool {
	picture, piece := picture(data["originalImageBase64"]), picture(data["jigsawImageBase64"])
	about, _, err := image.DecodeConfig(bytes.NewReader(picture))
	e.puzzle.token, _ = data["token"].(string)
	if err != nil || len(piece) == 0 || e.puzzle.token == "" || about.Width > maxPuzzleSide || about.Height > maxPuzzleSide {
		return false
	}
	e.puzzle.secret, _ = data["secretKey"].(string)
	e.puzzle.width = about.Width
	e.identity.until = time.Time{}
	e.do(Puzzle{signaling.Challenge{
		Server: e.options.Server, ID: e.options.Random(), Image: picture, Piece: piece, Width: about.Width,
	}})
	return true
}

func picture(v any) []byte {
	s, _ := v.(string)
	if _, after, found := strings.Cut(s, "base64,"); found {
		s = after
	}
	return unbase64(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, s))
}

// Solved takes the user's answer to a Puzzle: the piece's distance from the
// left, in pixels of the picture.
func (e *Engine) Solved(x int, now time.Time) []Act {
	e.now = now
	if e.over || !e.puzzle.on || e.puzzle.width == 0 || e.puzzle.checking {
		return e.take()
	}
	point := puzzlePoint(x, e.puzzle.width)
	sealed, err := seal(point, e.puzzle.secret)
	answer, err2 := seal(e.puzzle.token+"---"+point, e.puzzle.secret)
	if err := errors.Join(err, err2); err != nil {
		e.fault("bad-puzzle", fmt.Errorf("seal the puzzle's answer: %w", err))
		e.drop()
		return e.take()
	}
	e.puzzle.checking, e.puzzle.answer = true, answer
	e.puzzlePost("/system/captcha/check", map[string]any{
		"captchaType": "blockPuzzle", "token": e.puzzle.token, "pointJson": sealed,
	})
	return e.take()
}

// puzzlePoint is where the piece is, on a picture of the pages' width.
func puzzlePoint(x, width int) string {
	scaled := float64(min(max(x, 0), width)) * puzzleWidth / float64(width)
	return `{"x":` + string(json.Number(strconv.FormatFloat(scaled, 'f', -1, 64))) + `,"y":` + strconv.Itoa(puzzleLine) + `}`
}

// seal encrypts with AES (FIPS 197) block by block, padded as of RFC 5652 section
// 6.3, and writes base64; without a key it leaves the text as it is.
func seal(text, key string) (string, error) {
	if key == "" {
		return text, nil
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return "", err
	}
	padding := aes.BlockSize - len(text)%aes.BlockSize
	out := append([]byte(text), bytes.Repeat([]byte{byte(padding)}, padding)...)
	for at := 0; at < len(out); at += aes.BlockSize {
		block.Encrypt(out[at:], out[at:])
	}
	return base64.StdEncoding.EncodeToString(out), nil
}
