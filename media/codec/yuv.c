#include "yuv.h"

#include <libyuv.h>

enum { CHUNK = 1024 }; // pixels, even; small enough for the stack and the cache

int parley_mirror_abgr(const uint8_t *y, int y_stride, const uint8_t *u, const uint8_t *v, int c_stride, uint8_t *out,
                       int out_stride, int width, int height) {
	uint8_t line[4 * CHUNK];
	for (int row = 0; row < height; row++) {
		for (int x = 0; x < width; x += CHUNK) {
			int n = width - x < CHUNK ? width - x : CHUNK;
			if (I420ToABGR(y + x, y_stride, u + x / 2, c_stride, v + x / 2, c_stride, line, sizeof line, n, 1)) return -1;
			if (ARGBMirror(line, sizeof line, out + 4 * (width - x - n), out_stride, n, 1)) return -1;
		}
		y += y_stride;
		out += out_stride;
		if (row & 1) u += c_stride, v += c_stride;
	}
	return 0;
}

// 220/256 and 225/256 with these roundings send 0 and 255 to the ends of the
// studio range, and 128 to itself for chroma.
void parley_narrow_luma(uint8_t *plane, int stride, int width, int height) {
	for (int row = 0; row < height; row++, plane += stride)
		for (int x = 0; x < width; x++) plane[x] = (uint8_t)((plane[x] * 220u + 16 * 256 + 128) >> 8);
}

void parley_narrow_chroma(uint8_t *plane, int stride, int width, int height) {
	for (int row = 0; row < height; row++, plane += stride)
		for (int x = 0; x < width; x++) plane[x] = (uint8_t)((plane[x] * 225u + 16 * 256) >> 8);
}

static inline uint8_t level(int v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

static inline int share(const int *of, int cb, int cr) {
	return (of[0] * cb + of[1] * cr + PARLEY_ONE / 2) >> 14;
}

static void shift_luma(uint8_t *y, const int *by, int width) {
	for (int x = 0; x < width; x++) y[x] = level(y[x] + by[x / 2]);
}

void parley_rematrix(uint8_t *y, int y_stride, uint8_t *u, uint8_t *v, int c_stride, int width, int height,
                     const parley_matrix *m) {
	int by[CHUNK / 2];
	for (int row = 0; row < height; row += 2) {
		for (int from = 0; from < width; from += CHUNK) {
			int n = width - from < CHUNK ? width - from : CHUNK;
			uint8_t *cb = u + from / 2, *cr = v + from / 2;
			for (int x = 0; x < (n + 1) / 2; x++) {
				int b = cb[x] - 128, r = cr[x] - 128;
				by[x] = share(m->luma, b, r);
				cb[x] = level(128 + share(m->cb, b, r));
				cr[x] = level(128 + share(m->cr, b, r));
			}
			shift_luma(y + from, by, n);
			if (row + 1 < height) shift_luma(y + y_stride + from, by, n);
		}
		y += 2 * y_stride;
		u += c_stride;
		v += c_stride;
	}
}
