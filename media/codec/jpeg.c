#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

enum {
	PLANES = 3,
	MOST_ROWS = MAX_SAMP_FACTOR * DCTSIZE, // that libjpeg hands out at once
	MOST_MEMORY = 16 << 20,                // far more than a picture takes that is decoded row by row
};

struct parley_jpeg {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_source_mgr source;
	jmp_buf failed;
	int damaged, made;
	JSAMPLE *strip; // what libjpeg hands out at once, in the cache
	size_t room;
	JSAMPROW rows[PLANES][MOST_ROWS];
	JSAMPARRAY planes[PLANES];
};

static void fail(j_common_ptr c) { longjmp(((parley_jpeg *)c->client_data)->failed, 1); }

// Only what changes the picture counts: cameras pad their pictures, and leave
// out their ends.
static void warn(j_common_ptr c, int level) {
	if (level >= 0) return;
	switch (c->err->msg_code) {
	case JWRN_HIT_MARKER:
	case JWRN_HUFF_BAD_CODE:
	case JWRN_MUST_RESYNC:
		((parley_jpeg *)c->client_data)->damaged = 1;
	}
}

static void say_nothing(j_common_ptr c) { (void)c; }
static void begin(j_decompress_ptr c) { (void)c; }

// What ends too early goes on with the mark of the end.
static boolean fill(j_decompress_ptr c) {
	static const JOCTET end[] = {0xff, JPEG_EOI};
	c->src->next_input_byte = end;
	c->src->bytes_in_buffer = sizeof end;
	return TRUE;
}

static void skip(j_decompress_ptr c, long n) {
	if (n <= 0) return;
	if ((unsigned long)n >= c->src->bytes_in_buffer) {
		fill(c);
		return;
	}
	c->src->next_input_byte += n;
	c->src->bytes_in_buffer -= (size_t)n;
}

// make readies libjpeg's part. After a picture that was not good it is made
// anew, so that tables of garbage do not outlive it.
static int make(parley_jpeg *p) {
	if (p->made) return 0;
	p->jpeg.err = jpeg_std_error(&p->errors);
	p->errors.error_exit = fail;
	p->errors.emit_message = warn;
	p->errors.output_message = say_nothing;
	p->jpeg.client_data = p; // which jpeg_create_decompress keeps
	if (setjmp(p->failed)) return -1;
	jpeg_create_decompress(&p->jpeg);
	p->jpeg.mem->max_memory_to_use = MOST_MEMORY;
	p->source.init_source = begin;
	p->source.fill_input_buffer = fill;
	p->source.skip_input_data = skip;
	p->source.resync_to_restart = jpeg_resync_to_restart;
	p->source.term_source = begin;
	p->jpeg.src = &p->source;
	p->made = 1;
	return 0;
}

static void unmake(parley_jpeg *p) {
	if (p->made) jpeg_destroy_decompress(&p->jpeg);
	p->made = 0;
}

parley_jpeg *parley_jpeg_open(void) {
	parley_jpeg *p = calloc(1, sizeof *p);
	if (p && make(p)) {
		free(p);
		return NULL;
	}
	return p;
}

void parley_jpeg_close(parley_jpeg *p) {
	if (!p) return;
	unmake(p);
	free(p->strip);
	free(p);
}

// 220/256 and 225/256 with these roundings send 0 and 255 to the ends of the
// studio range, and 128 to itself for chroma. Sixteen bits hold it.
static inline uint8_t narrow_luma(unsigned v) { return (uint8_t)((uint16_t)(v * 220 + 16 * 256 + 128) >> 8); }
static inline uint8_t narrow_chroma(unsigned v) { return (uint8_t)((uint16_t)(v * 225 + 16 * 256) >> 8); }

static void luma_row(uint8_t *restrict out, const JSAMPLE *restrict in, int width) {
	for (int x = 0; x < width; x++) out[x] = narrow_luma(in[x]);
}

// The mean of two rows, rounded up.
static void blend_rows(JSAMPLE *restrict out, const JSAMPLE *restrict a, const JSAMPLE *restrict b, int width) {
	for (int x = 0; x < width; x++) out[x] = (JSAMPLE)((a[x] + b[x] + 1) >> 1);
}

// chroma_row makes a row of 4:2:0, a sample of which is for two of luma, of one
// whose samples are for one, two or four.
static void chroma_row(uint8_t *restrict out, const JSAMPLE *restrict in, int width, int in_width, int each) {
	if (each == 2) {
		for (int x = 0; x < width; x++) out[x] = narrow_chroma(in[x]);
	} else if (each == 4) {
		for (int x = 0; x < width; x++) out[x] = narrow_chroma(in[x / 2]);
	} else {
		int pairs = in_width / 2;
		for (int x = 0; x < pairs; x++) out[x] = narrow_chroma((unsigned)(in[2 * x] + in[2 * x + 1]) >> 1);
		if (pairs < width) out[pairs] = narrow_chroma(in[in_width - 1]);
	}
}

// each_x and each_y tell for how many samples of luma one of a component is.
static int each_x(parley_jpeg *p, const jpeg_component_info *c) {
	int whole = p->jpeg.max_h_samp_factor * p->jpeg.min_DCT_scaled_size, own = c->h_samp_factor * c->DCT_scaled_size;
	return whole % own ? 0 : whole / own;
}

static int each_y(parley_jpeg *p, const jpeg_component_info *c) {
	int whole = p->jpeg.max_v_samp_factor * p->jpeg.min_DCT_scaled_size, own = c->v_samp_factor * c->DCT_scaled_size;
	return whole % own ? 0 : whole / own;
}

static int is_known(int each) { return each == 1 || each == 2 || each == 4; }

// understood tells whether this is what cameras make: baseline, one scan, grey
// or YCbCr, with the full resolution in luma.
static int understood(parley_jpeg *p) {
	j_decompress_ptr c = &p->jpeg;
	if (c->progressive_mode || c->arith_code || jpeg_has_multiple_scans(c)) return 0;
	if (c->num_components != 1 && c->num_components != PLANES) return 0;
	if (c->jpeg_color_space != (c->num_components == 1 ? JCS_GRAYSCALE : JCS_YCbCr)) return 0;
	if (each_x(p, c->comp_info) != 1 || each_y(p, c->comp_info) != 1) return 0;
	for (int i = 1; i < c->num_components; i++)
		if (!is_known(each_x(p, c->comp_info + i)) || !is_known(each_y(p, c->comp_info + i))) return 0;
	return 1;
}

// lay_out points the rows of each component into the strip, and one more row
// behind them, for blending.
static int lay_out(parley_jpeg *p, JSAMPLE **spare) {
	size_t sizes[PLANES] = {0}, widths[PLANES] = {0}, sum = 0;
	for (int i = 0; i < p->jpeg.num_components; i++) {
		const jpeg_component_info *c = p->jpeg.comp_info + i;
		widths[i] = (size_t)c->width_in_blocks * (size_t)c->DCT_scaled_size;
		sizes[i] = widths[i] * (size_t)(c->v_samp_factor * c->DCT_scaled_size);
		sum += sizes[i];
	}
	sum += widths[0];
	if (sum > p->room) {
		JSAMPLE *more = realloc(p->strip, sum);
		if (!more) return -1;
		p->strip = more;
		p->room = sum;
	}
	JSAMPLE *at = p->strip;
	for (int i = 0; i < p->jpeg.num_components; i++) {
		const jpeg_component_info *c = p->jpeg.comp_info + i;
		for (int row = 0; row < c->v_samp_factor * c->DCT_scaled_size; row++) p->rows[i][row] = at + (size_t)row * widths[i];
		p->planes[i] = p->rows[i];
		at += sizes[i];
	}
	*spare = at;
	return 0;
}

// target is where a picture goes.
struct target {
	uint8_t *y, *u, *v;
	int y_stride, c_stride, width, height;
};

static void take_luma(parley_jpeg *p, const struct target *t, int top, int rows) {
	for (int row = 0; row < rows; row++)
		luma_row(t->y + (size_t)(top + row) * (size_t)t->y_stride, p->rows[0][row], t->width);
}

static void take_chroma(parley_jpeg *p, const struct target *t, int plane, uint8_t *out, int top, int rows, JSAMPLE *spare) {
	const jpeg_component_info *c = p->jpeg.comp_info + plane;
	int ex = each_x(p, c), ey = each_y(p, c), in_width = (int)c->downsampled_width;
	int last = (int)c->downsampled_height - 1 - top / ey; // row of the strip that is in the picture
	for (int row = 0; row < (rows + 1) / 2; row++) {
		int a = 2 * row / ey, b = ey == 1 ? a + 1 : a;
		if (a > last) a = last;
		if (b > last) b = last;
		const JSAMPLE *in = p->rows[plane][a];
		if (a != b) {
			blend_rows(spare, in, p->rows[plane][b], in_width);
			in = spare;
		}
		chroma_row(out + (size_t)(top / 2 + row) * (size_t)t->c_stride, in, (t->width + 1) / 2, in_width, ex);
	}
}

static void fill_grey(const struct target *t) {
	for (int row = 0; row < (t->height + 1) / 2; row++)
		for (int x = 0; x < (t->width + 1) / 2; x++)
			t->u[(size_t)row * (size_t)t->c_stride + (size_t)x] = t->v[(size_t)row * (size_t)t->c_stride + (size_t)x] = 128;
}

static int take_strips(parley_jpeg *p, const struct target *t) {
	j_decompress_ptr c = &p->jpeg;
	JSAMPLE *spare;
	if (lay_out(p, &spare)) return PARLEY_JPEG_BROKEN;
	int strip = c->max_v_samp_factor * c->min_DCT_scaled_size;
	for (int top = 0; top < t->height; top += strip) {
		if (!jpeg_read_raw_data(c, p->planes, (JDIMENSION)strip)) return PARLEY_JPEG_BROKEN;
		int rows = t->height - top < strip ? t->height - top : strip;
		take_luma(p, t, top, rows);
		if (c->num_components == 1) continue;
		take_chroma(p, t, 1, t->u, top, rows, spare);
		take_chroma(p, t, 2, t->v, top, rows, spare);
	}
	if (c->num_components == 1) fill_grey(t);
	return p->damaged ? PARLEY_JPEG_DAMAGED : PARLEY_JPEG_GOOD;
}

static int decode(parley_jpeg *p, const struct target *t, int divisor) {
	j_decompress_ptr c = &p->jpeg;
	if (setjmp(p->failed)) return PARLEY_JPEG_BROKEN;
	if (jpeg_read_header(c, TRUE) != JPEG_HEADER_OK) return PARLEY_JPEG_BROKEN;
	c->raw_data_out = TRUE;
	c->out_color_space = c->jpeg_color_space;
	c->scale_num = 1;
	c->scale_denom = (unsigned)divisor;
	jpeg_calc_output_dimensions(c);
	if ((int)c->output_width != t->width || (int)c->output_height != t->height) return PARLEY_JPEG_SIZE;
	if (!understood(p)) return PARLEY_JPEG_LAYOUT;
	jpeg_start_decompress(c);
	int result = take_strips(p, t);
	jpeg_abort_decompress(c); // what follows the picture is of no use
	return result;
}

int parley_jpeg_decode(parley_jpeg *p, const uint8_t *data, size_t length, int divisor, uint8_t *y, int y_stride, uint8_t *u,
                       uint8_t *v, int c_stride, int width, int height) {
	const struct target t = {y, u, v, y_stride, c_stride, width, height};
	if (make(p)) return PARLEY_JPEG_BROKEN;
	p->damaged = 0;
	p->source.next_input_byte = data;
	p->source.bytes_in_buffer = length;
	int result = decode(p, &t, divisor);
	if (result != PARLEY_JPEG_GOOD) unmake(p);
	return result;
}
