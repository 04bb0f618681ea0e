package profile

import (
	"fmt"
	"slices"
	"strings"
)

// suggest returns `; did you mean "x"?` for the word that is nearest, or "" if
// none is near.
func suggest(word string, words []string) string {
	if near := Nearest(word, words); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// synonyms are other servers' words for ours.
func synonyms(word string) string {
	switch strings.ToLower(word) {
	case "hangup", "hang-up", "hang_up", "end", "goodbye":
		return "bye"
	case "reject", "refused":
		return "decline"
	case "call", "ring":
		return "invite"
	case "ice", "ice-candidate", "ice_candidate":
		return "candidate"
	case "error":
		return "fault"
	case "joined", "join":
		return "came"
	case "left":
		return "gone"
	case "receive", "rule", "on":
		return "recv"
	case "socket.io":
		return "socketio"
	case "websocket":
		return "ws"
	}
	return ""
}

// Nearest returns the word with the fewest typing errors between, "" if there
// are more than one in three letters.
func Nearest(word string, words []string) string {
	if same := synonyms(word); slices.Contains(words, same) {
		return same
	}
	best, least := "", max(1, min(len(word), 30)/3)+1
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w), least); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance counts the letters to insert, leave out, replace or swap with their
// neighbour (optimal string alignment), up to a limit.
func distance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	var before, last []int // the rows above
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// oneOf lists words for a sentence: "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func quoted(words []string) []string {
	out := slices.Clone(words)
	for i, w := range out {
		out[i] = fmt.Sprintf("%q", w)
	}
	return out
}
