#include "vpx.h"

#include "memory.h"
#include "plane.h"
#include "shelf.h"

#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

struct parley_coder {
	int codec;
	vpx_codec_ctx_t context;
	vpx_codec_enc_cfg_t config;
	vpx_image_t image;        // describes the caller's planes while encoding
	const vpx_image_t *shown; // what the decoder showed last
	parley_shelf *shelf;      // where a decoder of VP9 keeps its pictures
};

static vpx_codec_iface_t *encoder_of(int codec) {
	return codec == PARLEY_VP9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
}

static vpx_codec_iface_t *decoder_of(int codec) {
	return codec == PARLEY_VP9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx();
}

// The finest quantizers. Of text and drawings more would never be seen, but be sent
// all the time, since the rate control spends on a page that stands still what it
// may; libwebrtc has 12 for screens, too.
enum { FINEST = 2, FINEST_DETAIL = 12 };

// The coarsest. Faces are made smaller rather; text keeps its size, and can be read at
// whatever is coarsest: a dense page of full HD takes 1.1 to 1.4 Mbit there in place of 1.6 to 1.8.
enum { COARSEST = 56, COARSEST_DETAIL = 63 };

// Below how much change VP8 takes a block for one that stands still. Screens have no noise.
enum { STILL = 1, STILL_DETAIL = 100 };

static vpx_codec_err_t configure(vpx_codec_enc_cfg_t *g, int codec, int width, int height, int kbps, int threads) {
	vpx_codec_err_t code = vpx_codec_enc_config_default(encoder_of(codec), g, 0);
	if (code) return code;
	g->g_w = width;
	g->g_h = height;
	g->g_timebase.num = 1;
	g->g_timebase.den = 90000;
	g->g_threads = threads;
	g->g_lag_in_frames = 0;   // VP9 would hold 25 frames back
	g->g_error_resilient = 0; // a lost frame is answered with a key frame
	g->rc_end_usage = VPX_CBR;
	g->rc_target_bitrate = kbps;
	g->rc_min_quantizer = FINEST;
	g->rc_max_quantizer = COARSEST;
	g->rc_undershoot_pct = 100;
	g->rc_overshoot_pct = 15;
	g->rc_buf_initial_sz = 500;
	g->rc_buf_optimal_sz = 600;
	g->rc_buf_sz = 1000;
	g->rc_dropframe_thresh = 30; // rather a frame less than a growing queue
	g->kf_mode = VPX_KF_DISABLED; // key frames come when they are asked for
	g->kf_max_dist = 1 << 30;     // VP9's rate control counts down to the next all the same
	return VPX_CODEC_OK;
}

static int log2_of(int n) {
	int bits = 0;
	while (n > 1) n >>= 1, bits++;
	return bits;
}

// A key frame may be as large as half the optimal buffer, in percent of the
// share of one frame at 30 frames/s.
enum { MAX_INTRA_PERCENT = 900 };

static vpx_codec_err_t tune(vpx_codec_ctx_t *x, int codec, int threads, int speed) {
	vpx_codec_err_t code = vpx_codec_control(x, VP8E_SET_CPUUSED, speed);
	if (!code) code = vpx_codec_control(x, VP8E_SET_STATIC_THRESHOLD, STILL);
	if (!code) code = vpx_codec_control(x, VP8E_SET_MAX_INTRA_BITRATE_PCT, MAX_INTRA_PERCENT);
	if (codec == PARLEY_VP8) {
		if (!code) code = vpx_codec_control(x, VP8E_SET_TOKEN_PARTITIONS, log2_of(threads));
		return code;
	}
	if (!code) code = vpx_codec_control(x, VP9E_SET_TILE_COLUMNS, log2_of(threads));
	if (!code) code = vpx_codec_control(x, VP9E_SET_ROW_MT, threads > 1);
	if (!code) code = vpx_codec_control(x, VP9E_SET_AQ_MODE, 3); // cyclic refresh, made for CBR
	return code;
}

parley_opened parley_open_encoder(int codec, int width, int height, int kbps, int threads, int speed) {
	parley_coder *c = calloc(1, sizeof *c);
	if (!c) return (parley_opened){NULL, VPX_CODEC_MEM_ERROR};
	c->codec = codec;
	vpx_codec_err_t code = configure(&c->config, codec, width, height, kbps, threads);
	if (!code) code = vpx_codec_enc_init(&c->context, encoder_of(codec), &c->config, 0);
	if (code) {
		free(c);
		return (parley_opened){NULL, code};
	}
	if ((code = tune(&c->context, codec, threads, speed))) {
		parley_close(c);
		return (parley_opened){NULL, code};
	}
	// The planes are set for each frame; the address only keeps libvpx from allocating.
	vpx_img_wrap(&c->image, VPX_IMG_FMT_I420, width, height, 1, (uint8_t *)c);
	return (parley_opened){c, 0};
}

int parley_set_rate(parley_coder *c, int kbps) {
	c->config.rc_target_bitrate = kbps;
	return vpx_codec_enc_config_set(&c->context, &c->config);
}

int parley_set_speed(parley_coder *c, int speed) {
	return vpx_codec_control(&c->context, VP8E_SET_CPUUSED, speed);
}

int parley_set_detail(parley_coder *c, int detail) {
	c->config.rc_min_quantizer = detail ? FINEST_DETAIL : FINEST;
	c->config.rc_max_quantizer = detail ? COARSEST_DETAIL : COARSEST;
	vpx_codec_err_t code = vpx_codec_enc_config_set(&c->context, &c->config);
	if (code) return code;
	if (c->codec == PARLEY_VP8) {
		code = vpx_codec_control(&c->context, VP8E_SET_STATIC_THRESHOLD, detail ? STILL_DETAIL : STILL);
		return code ? code : vpx_codec_control(&c->context, VP8E_SET_SCREEN_CONTENT_MODE, detail);
	}
	return vpx_codec_control(&c->context, VP9E_SET_TUNE_CONTENT, detail ? VP9E_CONTENT_SCREEN : VP9E_CONTENT_DEFAULT);
}

static void point_at(vpx_image_t *image, const uint8_t *y, const uint8_t *u, const uint8_t *v, int y_stride,
                     int c_stride) {
	image->planes[VPX_PLANE_Y] = (uint8_t *)y;
	image->planes[VPX_PLANE_U] = (uint8_t *)u;
	image->planes[VPX_PLANE_V] = (uint8_t *)v;
	image->stride[VPX_PLANE_Y] = y_stride;
	image->stride[VPX_PLANE_U] = image->stride[VPX_PLANE_V] = c_stride;
}

parley_packet parley_encode(parley_coder *c, const uint8_t *y, const uint8_t *u, const uint8_t *v, int y_stride,
                            int c_stride, int64_t pts, unsigned long duration, int key) {
	point_at(&c->image, y, u, v, y_stride, c_stride);
	vpx_enc_frame_flags_t flags = key ? VPX_EFLAG_FORCE_KF : 0;
	parley_packet out = {NULL, 0, vpx_codec_encode(&c->context, &c->image, pts, duration, flags, VPX_DL_REALTIME), 0};
	point_at(&c->image, NULL, NULL, NULL, 0, 0); // the planes are the caller's again
	vpx_codec_iter_t iterator = NULL;
	const vpx_codec_cx_pkt_t *packet;
	while (!out.error && (packet = vpx_codec_get_cx_data(&c->context, &iterator))) {
		if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
		out.data = packet->data.frame.buf;
		out.size = packet->data.frame.sz;
		out.error = vpx_codec_control(&c->context, VP8E_GET_LAST_QUANTIZER, &out.quantizer);
	}
	return out;
}

// bound keeps the pictures of VP9 on a shelf: any of its frames may tell a size, not
// only key frames. VP8 has none but these, one in a packet, which are peeked at.
static vpx_codec_err_t bound(parley_coder *c, int codec, size_t most_pixels) {
	if (codec != PARLEY_VP9) return VPX_CODEC_OK;
	if (!(c->shelf = parley_open_shelf(most_pixels))) return VPX_CODEC_MEM_ERROR;
	return vpx_codec_set_frame_buffer_functions(&c->context, parley_take_buffer, parley_return_buffer, c->shelf);
}

parley_opened parley_open_decoder(int codec, int threads, size_t most_pixels) {
	parley_coder *c = calloc(1, sizeof *c);
	if (!c) return (parley_opened){NULL, VPX_CODEC_MEM_ERROR};
	vpx_codec_dec_cfg_t config = {.threads = threads};
	vpx_codec_err_t code = vpx_codec_dec_init(&c->context, decoder_of(codec), &config, 0);
	if (code) {
		free(c);
		return (parley_opened){NULL, code};
	}
	if ((code = bound(c, codec, most_pixels))) {
		parley_close(c);
		return (parley_opened){NULL, code};
	}
	return (parley_opened){c, 0};
}

parley_peeked parley_peek(int codec, const uint8_t *data, unsigned size) {
	vpx_codec_stream_info_t info = {.sz = sizeof info};
	vpx_codec_err_t code = vpx_codec_peek_stream_info(decoder_of(codec), data, size, &info);
	if (code && !info.is_kf) return (parley_peeked){0}; // nothing can be said of most other frames
	return (parley_peeked){.key = info.is_kf, .width = info.w, .height = info.h, .error = code};
}

// matrix_of returns the number of Recommendation ITU-T H.273, table 4.
static int matrix_of(vpx_color_space_t space) {
	switch (space) {
	case VPX_CS_BT_709: return 1;
	case VPX_CS_BT_601:
	case VPX_CS_SMPTE_170: return 6;
	case VPX_CS_SMPTE_240: return 7;
	case VPX_CS_BT_2020: return 9;
	default: return 2; // unspecified
	}
}

parley_shown parley_decode(parley_coder *c, const uint8_t *data, unsigned size) {
	c->shown = NULL;
	parley_shown out = {.error = vpx_codec_decode(&c->context, data, size, NULL, 0)};
	if (out.error) return out;
	// A packet may hold several frames; only the last is to be seen.
	vpx_codec_iter_t iterator = NULL;
	const vpx_image_t *image;
	while ((image = vpx_codec_get_frame(&c->context, &iterator))) c->shown = image;
	if (!c->shown) return out;
	out.width = c->shown->d_w;
	out.height = c->shown->d_h;
	out.format_ok = c->shown->fmt == VPX_IMG_FMT_I420;
	out.matrix = matrix_of(c->shown->cs);
	out.full_range = c->shown->range == VPX_CR_FULL_RANGE;
	out.error = vpx_codec_control(&c->context, VP8D_GET_FRAME_CORRUPTED, &out.corrupt);
	if (!out.error) out.error = vpx_codec_control(&c->context, VPXD_GET_LAST_QUANTIZER, &out.quantizer);
	return out;
}

void parley_copy(const parley_coder *c, uint8_t *y, uint8_t *u, uint8_t *v) {
	const vpx_image_t *s = c->shown;
	int cw = (s->d_w + 1) / 2, ch = (s->d_h + 1) / 2;
	parley_copy_plane(y, s->planes[VPX_PLANE_Y], s->stride[VPX_PLANE_Y], s->d_w, s->d_h);
	parley_copy_plane(u, s->planes[VPX_PLANE_U], s->stride[VPX_PLANE_U], cw, ch);
	parley_copy_plane(v, s->planes[VPX_PLANE_V], s->stride[VPX_PLANE_V], cw, ch);
}

size_t parley_held(const parley_coder *c) { return c->shelf ? parley_shelved(c->shelf) : 0; }

void parley_close(parley_coder *c) {
	vpx_codec_destroy(&c->context);
	parley_close_shelf(c->shelf); // whose buffers the decoder used until now
	free(c);
	parley_give_back();
}

const char *parley_error(int code) { return vpx_codec_err_to_string(code); }
