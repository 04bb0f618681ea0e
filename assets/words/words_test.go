package words_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/assets/words"
	"parley/call"
)

// table reads a file of texts as it is: a string, or an object of plural forms.
func table(t *testing.T, language words.Language) map[string]any {
	t.Helper()
	b, err := os.ReadFile(string(language) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(b, &texts); err != nil {
		t.Fatalf("%s: %v", language, err)
	}
	return texts
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func placeholders(text any) []string {
	b, _ := json.Marshal(text)
	found := placeholder.FindAllString(string(b), -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Of two texts under one key the first would silently be lost.
func TestEachKeyIsThereOnce(t *testing.T) {
	key := regexp.MustCompile(`(?m)(?:^ *|, )"([^"]+)": `)
	for _, language := range words.Languages() {
		b, err := os.ReadFile(string(language) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range key.FindAllStringSubmatch(string(b), -1) {
			if k := m[1]; k != "other" && seen[k] {
				t.Errorf("%s has %q twice", language, k)
			}
			seen[m[1]] = true
		}
	}
}

func TestLanguagesHaveTheSameKeys(t *testing.T) {
	english := table(t, words.English)
	for _, language := range words.Languages()[1:] {
		other := table(t, language)
		for key := range english {
			if _, ok := other[key]; !ok {
				t.Errorf("%s has no %q", language, key)
			}
		}
		for key := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %q, English does not", language, key)
			}
		}
	}
}

// dates are written with other parts in other languages.
func isDate(key string) bool { return strings.HasPrefix(key, "time.date") }

func TestLanguagesFillTheSamePlaceholders(t *testing.T) {
	english := table(t, words.English)
	for _, language := range words.Languages()[1:] {
		for key, text := range table(t, language) {
			if got, want := placeholders(text), placeholders(english[key]); !isDate(key) && !slices.Equal(got, want) {
				t.Errorf("%s %q fills %v, English fills %v", language, key, got, want)
			}
		}
	}
}

func TestEveryTextSaysSomething(t *testing.T) {
	for _, language := range words.Languages() {
		for key, text := range table(t, language) {
			if text == "" && key != "reason." {
				t.Errorf("%s %q is empty", language, key)
			}
			if s, ok := text.(string); ok && strings.ContainsAny(s, "!！") {
				t.Errorf("%s %q shouts: %s", language, key, s)
			}
		}
	}
}

// computed are the beginnings of keys that the program puts together.
var computed = []string{"reason.", "notice.", "device.", "day.", "month.", "language.", "server.cause.", "can.", "probe.", "sound.", "soundTest.", "volume."}

func TestEveryKeyInTheCodeHasAText(t *testing.T) {
	used := keysInCode(t, "../../ui", "../../main.go", "../../call/station", ".")
	w := words.In(words.English)
	for key, where := range used {
		if !w.Has(key) {
			t.Errorf("%s uses %q, which has no text", where, key)
		}
	}
	for key := range table(t, words.English) {
		_, direct := used[key]
		if !direct && !slices.ContainsFunc(computed, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("%q has a text that nothing uses", key)
		}
	}
}

// keysInCode collects every string in the sources that looks like a key of the
// table: a known first part, a dot, and a rest.
func keysInCode(t *testing.T, roots ...string) map[string]string {
	t.Helper()
	groups := map[string]bool{}
	for key := range table(t, words.English) {
		group, _, _ := strings.Cut(key, ".")
		groups[group] = true
	}
	used := map[string]string{}
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			collect(t, path, groups, used)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return used
}

// texters are the functions whose first argument is a key.
var texters = []string{"Text", "Count", "section", "line", "fault"}

// keyOf returns where a key may stand in n: the first argument of a texter, or
// the member Key of a fault.
func keyOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if name, ok := n.Key.(*ast.Ident); ok && name.Name == "Key" {
			return n.Value
		}
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		if len(n.Args) > 0 && slices.Contains(texters, name) {
			return n.Args[0]
		}
	}
	return nil
}

func collect(t *testing.T, path string, groups map[string]bool, used map[string]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := keyOf(n).(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		key, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		if group, rest, dotted := strings.Cut(key, "."); dotted && groups[group] && rest != "" {
			used[key] = path
		}
		return true
	})
}

// Who can show nothing of the screen is told what that takes.
func TestSentencesAboutTheScreenHaveARemedy(t *testing.T) {
	for _, language := range words.Languages() {
		for _, key := range []string{"share.none", "notice.noScreen"} {
			if text := words.In(language).Text(key); !strings.Contains(text, "X11") || !strings.Contains(text, "PipeWire") {
				t.Errorf("%s %q says only %q", language, key, text)
			}
		}
	}
}

func TestEveryReasonHasASentence(t *testing.T) {
	for _, language := range words.Languages() {
		w := words.In(language)
		for r := call.NoReason; r <= call.Collision; r++ {
			if !w.Has("reason." + r.String()) {
				t.Errorf("%s has no sentence for the end of a call by %q", language, r)
			}
		}
	}
}

func TestEveryDayAndMonthHasAName(t *testing.T) {
	for _, language := range words.Languages() {
		w := words.In(language)
		for d := range 7 {
			if key := "day." + strconv.Itoa(d); !w.Has(key) {
				t.Errorf("%s has no %s", language, key)
			}
		}
		for m := 1; m <= 12; m++ {
			if key := "month." + strconv.Itoa(m); !w.Has(key) {
				t.Errorf("%s has no %s", language, key)
			}
		}
	}
}

func TestText(t *testing.T) {
	en, zh := words.In(words.English), words.In(words.Chinese)
	name := words.Args{"name": "Maya"}
	for _, c := range []struct{ got, want string }{
		{en.Text("reason.noAnswer", name), "Maya didn't answer."},
		{zh.Text("reason.noAnswer", name), "Maya 没有接听。"},
		{en.Text("no such key"), "no such key"},
		{en.Count("no such key", 2), "no such key"},
		{en.Count("phase.recovering", 1), "Reconnecting, 1 second left"},
		{en.Count("phase.recovering", 12), "Reconnecting, 12 seconds left"},
		{en.Count("phase.recovering", 0), "Reconnecting, 0 seconds left"},
		{zh.Count("phase.recovering", 1), "正在重新连接，还剩 1 秒"},
		{en.Text("reason.declinedText", words.Args{"name": "{text}", "text": "later"}), "{text} can't talk now: “later”"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for locale, want := range map[string]words.Language{
		"zh": words.Chinese, "zh-CN": words.Chinese, "zh_TW.UTF-8": words.Chinese, "ZH": words.Chinese,
		"en": words.English, "de-CH": words.English, "": words.English, "C": words.English,
	} {
		if got := words.Match(locale); got != want {
			t.Errorf("locale %q gives %q, want %q", locale, got, want)
		}
	}
	if got := words.In("tlh").Language(); got != words.English {
		t.Errorf("an unknown language gives %q, want English", got)
	}
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("here", 2*3600)
	now := time.Date(2026, 11, 21, 0, 30, 0, 0, zone) // a Saturday
	en, zh := words.In(words.English), words.In(words.Chinese)
	at := func(y int, m time.Month, d, hour, minute int) time.Time {
		return time.Date(y, m, d, hour, minute, 0, 0, zone)
	}
	cases := map[string][2]string{
		"today":              {en.Moment(at(2026, 11, 21, 0, 10), now), "00:10"},
		"an hour ago":        {en.Moment(at(2026, 11, 20, 23, 40), now), "Yesterday, 23:40"},
		"in another zone":    {en.Moment(at(2026, 11, 20, 23, 40).UTC(), now), "Yesterday, 23:40"},
		"this week":          {en.Moment(at(2026, 11, 17, 9, 5), now), "Tuesday, 09:05"},
		"a week ago":         {en.Moment(at(2026, 11, 14, 9, 5), now), "14 November"},
		"last year":          {en.Moment(at(2025, 3, 1, 9, 5), now), "1 March 2025"},
		"Chinese":            {zh.Moment(at(2026, 11, 17, 9, 5), now), "星期二 09:05"},
		"Chinese date":       {zh.Moment(at(2025, 3, 1, 9, 5), now), "2025年3月1日"},
		"day today":          {en.Day(at(2026, 11, 21, 0, 10), now), "00:10"},
		"day yesterday":      {en.Day(at(2026, 11, 20, 9, 0), now), "Yesterday"},
		"day this week":      {en.Day(at(2026, 11, 16, 9, 0), now), "Monday"},
		"day long ago":       {zh.Day(at(2026, 1, 2, 9, 0), now), "1月2日"},
		"until today":        {en.Until(at(2026, 11, 21, 18, 0), now), "18:00 today"},
		"until tomorrow":     {zh.Until(at(2026, 11, 22, 0, 30), now), "明天 00:30"},
		"until later":        {en.Until(at(2026, 11, 30, 0, 30), now), "30 November"},
		"seconds":            {en.Length(48 * time.Second), "48 s"},
		"minutes":            {en.Length(12*time.Minute + 50*time.Second), "12 min"},
		"hours":              {en.Length(2 * time.Hour), "2 h"},
		"hours and minutes":  {zh.Length(83 * time.Minute), "1 小时 23 分钟"},
		"clock":              {words.Clock(3*time.Minute + 12*time.Second), "3:12"},
		"clock of an hour":   {words.Clock(time.Hour + 2*time.Minute + 3*time.Second), "1:02:03"},
		"clock before begin": {words.Clock(-time.Second), "0:00"},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		if c := cases[name]; c[0] != c[1] {
			t.Errorf("%s: got %q, want %q", name, c[0], c[1])
		}
	}
}
