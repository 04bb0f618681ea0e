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

#endif
