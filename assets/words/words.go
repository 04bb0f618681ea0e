// Package words holds every sentence and label that a person reads, in English
// and Chinese, by key. It may import the standard library only.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Language is a BCP 47 language that the program speaks.
type Language string

// The languages.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Languages lists the languages there are, the fallback first.
func Languages() []Language { return []Language{English, Chinese} }

// Match returns the language for a locale like "zh-CN", "zh_TW.UTF-8" or "de",
// English when there is none.
func Match(locale string) Language {
	if strings.HasPrefix(strings.ToLower(locale), string(Chinese)) {
		return Chinese
	}
	return English
}

//go:embed *.json
var files embed.FS

// forms are the plural forms of one text (Unicode CLDR cardinal categories).
// A text without a number has Other only.
type forms struct {
	One   string
	Other string
}

// UnmarshalJSON reads either a string or an object of forms.
func (f *forms) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &f.Other)
	}
	var plural struct{ One, Other string }
	if err := json.Unmarshal(b, &plural); err != nil {
		return err
	}
	*f = forms(plural)
	return nil
}

// Args fill the {placeholders} of a text.
type Args map[string]string

// Words is the table of one language. It does not change, so it can be shared.
type Words struct {
	language Language
	texts    map[string]forms
}

var tables = sync.OnceValues(func() (map[Language]*Words, error) {
	tables := map[Language]*Words{}
	for _, language := range Languages() {
		b, err := files.ReadFile(string(language) + ".json")
		if err != nil {
			return nil, fmt.Errorf("words of %s: %w", language, err)
		}
		w := &Words{language: language}
		if err := json.Unmarshal(b, &w.texts); err != nil {
			return nil, fmt.Errorf("words of %s: %w", language, err)
		}
		tables[language] = w
	}
	return tables, nil
})

// In returns the table of a language, English for one that is not there. The
// tables are embedded and tested, so they can always be read.
func In(language Language) *Words {
	all, err := tables()
	if err != nil {
		return &Words{language: English}
	}
	if w, ok := all[language]; ok {
		return w
	}
	return all[English]
}

// Language returns the language of the table.
func (w *Words) Language() Language { return w.language }

// Has reports whether there is a text of that key.
func (w *Words) Has(key string) bool {
	_, ok := w.texts[key]
	return ok
}

// Text returns the text of key with args filled in, or the key itself when
// there is none.
func (w *Words) Text(key string, args ...Args) string {
	f, ok := w.texts[key]
	if !ok {
		return key
	}
	return fill(f.Other, args)
}

// Count returns the text of key in the form for n, with {n} filled in.
func (w *Words) Count(key string, n int, args ...Args) string {
	f, ok := w.texts[key]
	if !ok {
		return key
	}
	text := f.Other
	if n == 1 && f.One != "" {
		text = f.One
	}
	return fill(text, append(args, Args{"n": strconv.Itoa(n)}))
}

func fill(text string, args []Args) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var pairs []string
	for _, a := range args {
		for name, value := range a {
			pairs = append(pairs, "{"+name+"}", value)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
