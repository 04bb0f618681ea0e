//go:build !noav1

#include "av1.h"

#include "memory.h"
#include "plane.h"

#include <dav1d/dav1d.h>
#include <stdlib.h>
#include <string.h>

struct parley_av1_decoder {
	Dav1dContext *context;
	Dav1dPicture shown; // without data if there is nothing to see
};

parley_av1_opened parley_av1_open(int threads, unsigned most_pixels) {
	parley_av1_decoder *d = calloc(1, sizeof *d);
	if (!d) return (parley_av1_opened){NULL, DAV1D_ERR(ENOMEM)};
	Dav1dSettings s;
	dav1d_default_settings(&s);
	s.n_threads = threads;
	s.max_frame_delay = 1;
	s.all_layers = 0;
	s.frame_size_limit = most_pixels;
	s.logger.callback = NULL;
	int code = dav1d_open(&d->context, &s);
	if (code) {
		free(d);
		return (parley_av1_opened){NULL, code};
	}
	return (parley_av1_opened){d, 0};
}

parley_av1_shown parley_av1_peek(const uint8_t *data, size_t size) {
	Dav1dSequenceHeader h;
	if (dav1d_parse_sequence_header(&h, data, size)) return (parley_av1_shown){0};
	return (parley_av1_shown){.width = h.max_width, .height = h.max_height};
}

// drain takes the pictures that are ready, of which only the last is to be seen,
// and returns how many there were, or an error.
static int drain(parley_av1_decoder *d) {
	for (int pictures = 0;; pictures++) {
		Dav1dPicture p = {0};
		int code = dav1d_get_picture(d->context, &p);
		if (code) return code == DAV1D_ERR(EAGAIN) ? pictures : code;
		dav1d_picture_unref(&d->shown);
		d->shown = p;
	}
}

static int feed(parley_av1_decoder *d, Dav1dData *data) {
	while (data->sz) {
		int code = dav1d_send_data(d->context, data);
		if (code && code != DAV1D_ERR(EAGAIN)) return code;
		int pictures = drain(d);
		if (pictures < 0) return pictures;
		if (code && !pictures) return code; // there is no way on
	}
	return 0;
}

parley_av1_shown parley_av1_decode(parley_av1_decoder *d, const uint8_t *data, size_t size) {
	dav1d_picture_unref(&d->shown);
	Dav1dData in = {0};
	uint8_t *own = dav1d_data_create(&in, size);
	if (!own) return (parley_av1_shown){.error = DAV1D_ERR(ENOMEM)};
	memcpy(own, data, size);
	int code = feed(d, &in);
	dav1d_data_unref(&in);
	if (code || !d->shown.data[0]) return (parley_av1_shown){.error = code};
	const Dav1dPictureParameters *p = &d->shown.p;
	const Dav1dSequenceHeader *h = d->shown.seq_hdr;
	return (parley_av1_shown){
		.width = p->w,
		.height = p->h,
		.format_ok = p->layout == DAV1D_PIXEL_LAYOUT_I420 && p->bpc == 8,
		.matrix = h->mtrx,
		.full_range = h->color_range,
	};
}

void parley_av1_copy(const parley_av1_decoder *d, uint8_t *y, uint8_t *u, uint8_t *v) {
	const Dav1dPicture *s = &d->shown;
	int cw = (s->p.w + 1) / 2, ch = (s->p.h + 1) / 2;
	parley_copy_plane(y, s->data[0], s->stride[0], s->p.w, s->p.h);
	parley_copy_plane(u, s->data[1], s->stride[1], cw, ch);
	parley_copy_plane(v, s->data[2], s->stride[1], cw, ch);
}

void parley_av1_close(parley_av1_decoder *d) {
	dav1d_picture_unref(&d->shown);
	dav1d_close(&d->context);
	free(d);
	parley_give_back();
}
