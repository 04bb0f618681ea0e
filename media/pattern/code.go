package pattern

import (
	"encoding/binary"
	"image"
	"time"
)

// The geometry of the code, in cells. See the package documentation.
const (
	gridColumns = 40
	gridRows    = 20
	codeColumn  = 4
	codeColumns = 32
	numberRow   = 8
	millisRow   = 9
	checkRow    = 10

	marker      = 0xA53C
	markerBits  = 16
	minContrast = 48

	white = 235
	black = 16
	grey  = 128 // chroma of everything without colour
)

// MinWidth and MinHeight are the smallest picture that can carry a code.
const (
	MinWidth  = 2 * gridColumns
	MinHeight = 2 * gridRows
)

// Code is what is burnt into a picture.
type Code struct {
	Number uint32 // low 32 bits of the frame number
	Millis uint32 // low 32 bits of the capture time, ms since 1970
}

// CodeOf returns the code of a frame with this number and capture time.
func CodeOf(number uint64, captured time.Time) Code {
	return Code{uint32(number), uint32(captured.UnixMilli())}
}

// Age returns how long before now the frame was captured, in whole
// milliseconds; times up to 24 days before and after now are told apart.
func (c Code) Age(now time.Time) time.Duration {
	return time.Duration(int32(uint32(now.UnixMilli())-c.Millis)) * time.Millisecond
}

// Write burns c into the picture, which is 4:2:0 and at least MinWidth by
// MinHeight; a smaller one is left alone.
func Write(picture *image.YCbCr, c Code) {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	if w < MinWidth || h < MinHeight {
		return
	}
	fill(picture, cells(w, h, codeColumn-1, numberRow-1, codeColumn+codeColumns+1, checkRow+2), paint{black, grey, grey})
	for i, word := range c.words() {
		writeRow(picture, numberRow+i, word)
	}
}

func writeRow(picture *image.YCbCr, row int, word uint32) {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	for i := range codeColumns {
		if word>>(codeColumns-1-i)&1 == 1 {
			column := codeColumn + i
			fillLuma(picture, cells(w, h, column, row, column+1, row+1), white)
		}
	}
}

// words returns the three rows of the code.
func (c Code) words() [3]uint32 {
	return [3]uint32{c.Number, c.Millis, marker<<16 | uint32(c.checksum())}
}

// checksum is CRC-16/CCITT-FALSE.
func (c Code) checksum() uint16 {
	var b [8]byte
	binary.BigEndian.PutUint32(b[:4], c.Number)
	binary.BigEndian.PutUint32(b[4:], c.Millis)
	crc := uint16(0xFFFF)
	for _, v := range b {
		crc ^= uint16(v) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}

// cells returns the rectangle from the upper left corner of one cell to that of
// another, in pixels from the corner of a picture of w by h.
func cells(w, h, column, row, toColumn, toRow int) image.Rectangle {
	return image.Rect(column*w/gridColumns, row*h/gridRows, toColumn*w/gridColumns, toRow*h/gridRows)
}

// Read returns the code of a picture, or of the part of one that SubImage cut
// out. *image.YCbCr, *image.RGBA and *image.NRGBA are read quickly, anything
// else slowly. It is false if there is no code or a damaged one.
func Read(picture image.Image) (Code, bool) {
	bounds := picture.Bounds()
	if bounds.Dx() < MinWidth || bounds.Dy() < MinHeight {
		return Code{}, false
	}
	r := reader{luma: lumaOf(picture), bounds: bounds}
	if !r.calibrate() {
		return Code{}, false
	}
	c := Code{r.word(numberRow), r.word(millisRow)}
	return c, r.word(checkRow) == c.words()[2]
}

// reader measures cells.
type reader struct {
	luma      func(x, y int) int
	bounds    image.Rectangle
	threshold int
}

// calibrate finds the threshold from the marker; it is false where there is none.
func (r *reader) calibrate() bool {
	var level, count [2]int
	for i := range markerBits {
		bit := marker >> (markerBits - 1 - i) & 1
		level[bit] += r.cell(codeColumn+i, checkRow)
		count[bit]++
	}
	dark, bright := level[0]/count[0], level[1]/count[1]
	r.threshold = (dark + bright) / 2
	return bright-dark >= minContrast
}

func (r *reader) word(row int) uint32 {
	var word uint32
	for i := range codeColumns {
		word <<= 1
		if r.cell(codeColumn+i, row) > r.threshold {
			word |= 1
		}
	}
	return word
}

// cell returns the mean luma of the middle of a cell.
func (r *reader) cell(column, row int) int {
	w, h := r.bounds.Dx(), r.bounds.Dy()
	x0, y0 := (4*column+1)*w/(4*gridColumns), (4*row+1)*h/(4*gridRows)
	x1 := max(x0+1, (4*column+3)*w/(4*gridColumns))
	y1 := max(y0+1, (4*row+3)*h/(4*gridRows))
	sum := 0
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			sum += r.luma(r.bounds.Min.X+x, r.bounds.Min.Y+y)
		}
	}
	return sum / ((x1 - x0) * (y1 - y0))
}

func lumaOf(picture image.Image) func(x, y int) int {
	switch p := picture.(type) {
	case *image.YCbCr:
		return func(x, y int) int { return int(p.Y[p.YOffset(x, y)]) }
	case *image.RGBA:
		return func(x, y int) int { return lumaOfRGB(p.Pix[p.PixOffset(x, y):]) }
	case *image.NRGBA:
		return func(x, y int) int { return lumaOfRGB(p.Pix[p.PixOffset(x, y):]) }
	}
	return func(x, y int) int {
		r, g, b, _ := picture.At(x, y).RGBA()
		return lumaOfRGB([]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8)})
	}
}

func lumaOfRGB(pix []byte) int {
	return (77*int(pix[0]) + 150*int(pix[1]) + 29*int(pix[2])) >> 8
}
