#!/bin/sh
# Makes ParleySans-{Regular,Bold}.otf from Debian's fonts-noto-cjk: Latin, Greek and
# Cyrillic, punctuation, the 3755 characters of GB 2312 level 1, and whatever else the
# Chinese translation uses. Needs: fonttools python3 fonts-noto-cjk.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$here/../words/zh.json" > "$work/characters" <<'PY'
import sys
level1 = "".join(
    bytes((high, low)).decode("gb2312")
    for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)
    if not (high == 0xD7 and low > 0xF9))
translated = open(sys.argv[1], encoding="utf-8").read()
sys.stdout.write("".join(sorted(set(level1 + translated))))
PY
for weight in Regular Bold; do
    # Face 2 of the collection is Simplified Chinese. The family is renamed because a
    # subset must not pass for the original.
    pyftsubset "/usr/share/fonts/opentype/noto/NotoSansCJK-$weight.ttc" --font-number=2 \
        --text-file="$work/characters" \
        --unicodes=U+0020-007E,U+00A0-017F,U+0370-03FF,U+0400-045F,U+2010-2027,U+2030-203A,U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+25CB,U+25CF,U+2605,U+2606,U+3000-3011,U+FF01-FF5E,U+FFFD \
        --layout-features=kern,ccmp,mark,pwid --no-hinting --desubroutinize --name-IDs=0,1,2,3,4,5,6,13,14 \
        --output-file="$work/$weight.otf"
    python3 - "$work/$weight.otf" "$weight" "$here/ParleySans-$weight.otf" <<'PY'
import sys
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
source, weight, target = sys.argv[1:]
font = TTFont(source, recalcTimestamp=False)
# Quotes, dots and dashes that Chinese fonts make as wide as a character get their
# narrow shape: both languages share this font.
narrow = {}
for feature in font["GSUB"].table.FeatureList.FeatureRecord:
    if feature.FeatureTag == "pwid":
        for index in feature.Feature.LookupListIndex:
            for table in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                narrow.update(getattr(table, "ExtSubTable", table).mapping)
for table in font["cmap"].tables:
    for code in (0x00B7, 0x2018, 0x2019, 0x201C, 0x201D, 0x2014, 0x2025, 0x2026):
        if code in getattr(table, "cmap", {}):
            table.cmap[code] = narrow.get(table.cmap[code], table.cmap[code])
# The middle dot has no narrow shape, so it gets one.
dot = font.getBestCmap()[0x00B7]
top = font["CFF "].cff[0]
old = top.CharStrings[dot]
pen = T2CharStringPen(300 - old.private.nominalWidthX, None)
x, y, r = 150, 340, 70 if weight == "Regular" else 90
k = round(r * 0.5523)
pen.moveTo((x + r, y))
pen.curveTo((x + r, y + k), (x + k, y + r), (x, y + r))
pen.curveTo((x - k, y + r), (x - r, y + k), (x - r, y))
pen.curveTo((x - r, y - k), (x - k, y - r), (x, y - r))
pen.curveTo((x + k, y - r), (x + r, y - k), (x + r, y))
pen.closePath()
top.CharStrings[dot] = pen.getCharString(private=old.private, globalSubrs=old.globalSubrs)
font["hmtx"][dot] = (300, x - r)
# Room above and below the line as Latin text wants it; Chinese still fits (its box is 880/-120).
font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = 1000, -280, 0
font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = 1000, -280, 0
for record in list(font["name"].names):
    if record.platformID != 3 or record.langID != 0x409:
        font["name"].names.remove(record)
names = {1: "Parley Sans", 2: weight, 3: "ParleySans-" + weight, 4: "Parley Sans " + weight, 6: "ParleySans-" + weight}
for identity, text in names.items():
    font["name"].setName(text, identity, 3, 1, 0x409)
font["CFF "].cff.fontNames[0] = "ParleySans-" + weight
top.FullName, top.FamilyName = "Parley Sans " + weight, "Parley Sans"
font.save(target)
PY
done
ls -l "$here"/*.otf
