#include "shelf.h"

#include <stdint.h>
#include <stdlib.h>

// As many pictures as a decoder can have at once: those that it may refer to, the one
// that it makes, and the one that is shown.
enum { PLACES = VP9_MAXIMUM_REF_BUFFERS + 2 };

// libvpx puts a border around pictures, of 160 pixels at most, and aligns lines and
// planes; MARGIN is what the sides grow by at most, and a longest side is assumed of
// 4096, beyond which a picture has to be smaller.
enum { MARGIN = 2 * 160 + 64, LONGEST = 4096, SLACK = 4096 };

typedef struct {
	uint8_t *data; // NULL at first
	size_t size;
	int taken;
} place;

struct parley_shelf {
	size_t most; // bytes of a buffer
	place places[PLACES];
};

parley_shelf *parley_open_shelf(size_t most_pixels) {
	parley_shelf *s = calloc(1, sizeof *s);
	if (!s) return NULL;
	size_t other = most_pixels / LONGEST + 1;
	s->most = (LONGEST + MARGIN) * (other + MARGIN) * 3 / 2 + SLACK; // 8 bit 4:2:0
	return s;
}

// room makes sure that a place has this many bytes, which are zero when they are new,
// as libvpx wants them. They are never cleared again.
static int room(place *p, size_t size) {
	if (p->size >= size) return 1;
	free(p->data);
	p->data = calloc(1, size);
	p->size = p->data ? size : 0;
	return p->data != NULL;
}

int parley_take_buffer(void *shelf, size_t size, vpx_codec_frame_buffer_t *buffer) {
	parley_shelf *s = shelf;
	*buffer = (vpx_codec_frame_buffer_t){NULL, 0, NULL};
	if (size > s->most) return -1;
	for (place *p = s->places; p < s->places + PLACES; p++) {
		if (p->taken) continue;
		if (!room(p, size)) return -1;
		p->taken = 1;
		*buffer = (vpx_codec_frame_buffer_t){p->data, p->size, p};
		return 0;
	}
	return -1;
}

int parley_return_buffer(void *shelf, vpx_codec_frame_buffer_t *buffer) {
	(void)shelf;
	place *p = buffer->priv;
	if (p) p->taken = 0;
	buffer->priv = NULL; // returned once, whatever else libvpx believes
	return 0;
}

size_t parley_shelved(const parley_shelf *s) {
	size_t sum = 0;
	for (const place *p = s->places; p < s->places + PLACES; p++) sum += p->size;
	return sum;
}

void parley_close_shelf(parley_shelf *s) {
	if (!s) return;
	for (place *p = s->places; p < s->places + PLACES; p++) free(p->data);
	free(s);
}
