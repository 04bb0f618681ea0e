// Package pattern draws the pictures and the tone that the program makes by
// itself: colour bars that carry a frame number and a capture time which can be
// read back after any codec, the calm moving placeholder that stands in for a
// missing camera, and the still of a camera that is off. It may import the
// standard library and media only.
//
// # The code
//
// The code is written in luma only, so that it survives chroma subsampling, and
// sits in the middle of the picture, where no control, no rounded corner and no
// moderate crop covers it. All positions are relative, so that it can be read
// after scaling to any size from 160x90 upwards.
//
// Divide the picture into a grid of 40 columns and 20 rows; cell (c, r) covers
// x from c*W/40 to (c+1)*W/40 and y from r*H/20 to (r+1)*H/20. The code is the
// 32 columns 4..35 of the rows 8, 9 and 10; white is 1 (luma 235), black is 0
// (luma 16), the most significant bit is on the left. A black margin one cell
// wide surrounds it.
//
//	row  8   32 bits  frame number, low 32 bits
//	row  9   32 bits  capture time in ms since 1970 (UTC), low 32 bits
//	row 10   16 bits  marker 0xA53C
//	         16 bits  CRC-16/CCITT-FALSE (polynomial 0x1021, initial value 0xFFFF,
//	                  not reflected) over the 8 bytes of number and time, big endian
//
// A reader averages the luma over the middle half of each cell in both
// directions. The cells of the marker tell what white and black have become:
// the threshold is half-way between the mean of its eight white and the mean of
// its eight black cells, and less than 48 levels between them is no code. Then
// the marker must match and the checksum must hold. In a browser, with the
// picture drawn onto a canvas:
//
//	function readCode(ctx, W, H) {
//	  const px = ctx.getImageData(0, 0, W, H).data;
//	  const cell = (c, r) => {
//	    const x0 = Math.floor((4*c+1)*W/160), x1 = Math.max(x0+1, Math.floor((4*c+3)*W/160));
//	    const y0 = Math.floor((4*r+1)*H/80),  y1 = Math.max(y0+1, Math.floor((4*r+3)*H/80));
//	    let sum = 0;
//	    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) {
//	      const i = 4*(y*W+x);
//	      sum += (77*px[i] + 150*px[i+1] + 29*px[i+2]) / 256;
//	    }
//	    return sum / ((x1-x0)*(y1-y0));
//	  };
//	  let white = 0, black = 0;
//	  for (let i = 0; i < 16; i++) if (0xA53C>>(15-i)&1) white += cell(4+i, 10)/8; else black += cell(4+i, 10)/8;
//	  if (white - black < 48) return null;
//	  const word = r => { let v = 0; for (let i = 0; i < 32; i++) v = v*2 + (cell(4+i, r) > (white+black)/2 ? 1 : 0); return v; };
//	  const number = word(8), millis = word(9), check = word(10);
//	  let crc = 0xFFFF;
//	  for (const w of [number, millis]) for (let s = 24; s >= 0; s -= 8) {
//	    crc ^= (w>>>s & 255) << 8;
//	    for (let k = 0; k < 8; k++) crc = (crc & 0x8000 ? crc<<1 ^ 0x1021 : crc<<1) & 0xFFFF;
//	  }
//	  if (check !== 0xA53C*65536 + crc) return null;
//	  return {number, millis, age: (Date.now() % 2**32 - millis + 2**32) % 2**32};
//	}
package pattern
