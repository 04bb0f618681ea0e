package fonts_test

import (
	"encoding/binary"
	"os"
	"testing"
	"unicode"

	"parley/assets/fonts"
)

// covered reads the characters of an OpenType font from its cmap table, segment
// maps of format 4 and 12 (ISO/IEC 14496-22 section 5.2.1).
func covered(t *testing.T, font []byte) map[rune]bool {
	t.Helper()
	u16 := func(b []byte) int { return int(binary.BigEndian.Uint16(b)) }
	u32 := func(b []byte) int { return int(binary.BigEndian.Uint32(b)) }
	runes := map[rune]bool{}
	for i := range u16(font[4:]) {
		record := font[12+16*i:]
		if string(record[:4]) != "cmap" {
			continue
		}
		cmap := font[u32(record[8:]):]
		for j := range u16(cmap[2:]) {
			sub := cmap[u32(cmap[4+8*j+4:]):]
			switch u16(sub) {
			case 4:
				segments := u16(sub[6:]) / 2
				for s := range segments {
					end, start := u16(sub[14+2*s:]), u16(sub[16+2*segments+2*s:])
					for r := start; r <= end && r < 0xffff; r++ {
						runes[rune(r)] = true
					}
				}
			case 12:
				for g := range u32(sub[12:]) {
					group := sub[16+12*g:]
					for r := u32(group); r <= u32(group[4:]); r++ {
						runes[rune(r)] = true
					}
				}
			}
		}
	}
	if len(runes) == 0 {
		t.Fatal("the font has no cmap that can be read")
	}
	return runes
}

func TestFontsHaveEveryCharacterOfTheWords(t *testing.T) {
	for weight, font := range map[string][]byte{"regular": fonts.Regular(), "bold": fonts.Bold()} {
		has := covered(t, font)
		for _, file := range []string{"../words/en.json", "../words/zh.json"} {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range string(text) {
				if unicode.IsPrint(r) && !has[r] {
					t.Errorf("%s lacks %q, which %s uses: run build.sh", weight, r, file)
				}
			}
		}
		for _, r := range "…ÄéßΩЖ·“”，。" {
			if !has[r] {
				t.Errorf("%s lacks %q", weight, r)
			}
		}
		if len(has) < 3755 {
			t.Errorf("%s has %d characters, fewer than GB 2312 level 1", weight, len(has))
		}
	}
}

func TestFontsStaySmall(t *testing.T) {
	if size := len(fonts.Regular()) + len(fonts.Bold()); size > 3<<20 {
		t.Errorf("the fonts take %d bytes, want at most 3 MiB", size)
	}
}
