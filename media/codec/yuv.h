// What libyuv lacks.
#ifndef PARLEY_YUV_H
#define PARLEY_YUV_H

#include <stdint.h>

// parley_mirror_abgr is I420ToABGR with left and right exchanged.
int parley_mirror_abgr(const uint8_t *y, int y_stride, const uint8_t *u, const uint8_t *v, int c_stride, uint8_t *out,
                       int out_stride, int width, int height);

// parley_narrow takes a plane from full range to studio range, in place.
void parley_narrow_luma(uint8_t *plane, int stride, int width, int height);
void parley_narrow_chroma(uint8_t *plane, int stride, int width, int height);

// parley_matrix is how luma and chroma become those of another matrix: what of Cb and Cr is added to luma, and
// becomes Cb and Cr, in parts of PARLEY_ONE.
enum { PARLEY_ONE = 1 << 14 };
typedef struct {
	int luma[2], cb[2], cr[2];
} parley_matrix;

// parley_rematrix does that to a picture of 4:2:0, in place.
void parley_rematrix(uint8_t *y, int y_stride, uint8_t *u, uint8_t *v, int c_stride, int width, int height,
                     const parley_matrix *m);

#endif
