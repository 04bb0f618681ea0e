#ifndef PARLEY_PLANE_H
#define PARLEY_PLANE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// parley_copy_plane copies samples into a plane without gaps between its rows.
static inline void parley_copy_plane(uint8_t *to, const uint8_t *from, ptrdiff_t stride, int width, int height) {
	for (int y = 0; y < height; y++, to += width, from += stride) memcpy(to, from, width);
}

#endif
