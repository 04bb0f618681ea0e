//go:build !noh264

#include "h264.h"

#include "memory.h"
#include "plane.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>

struct parley_h264_encoder {
	ISVCEncoder *library;
	int width, height;
	uint8_t *out; // the last frame in one piece
	size_t room;
};

struct parley_h264_decoder {
	ISVCDecoder *library;
	SBufferInfo shown;
	unsigned char *planes[3];
};

enum { ERROR_MEMORY = -1 };

// OpenH264 writes to standard error what it does not like.
static const int quiet = WELS_LOG_QUIET;

static void slice(SSliceArgument *a, const parley_h264_settings *s) {
	a->uiSliceMode = SM_FIXEDSLCNUM_SLICE;
	a->uiSliceNum = s->threads; // each thread encodes slices of its own
	if (!s->largest_unit) return;
	a->uiSliceMode = SM_SIZELIMITED_SLICE;
	a->uiSliceSizeConstraint = s->largest_unit;
}

// Of text and drawings each picture is told its quantizer. By itself OpenH264 takes 26
// to 35: then a page that stands still stays at 38 dB; and a first one 40 at most, however
// slow the path is.
enum { FIRST_OF_DETAIL = 36 };

static void configure(SEncParamExt *p, const parley_h264_settings *s) {
	p->iUsageType = s->detail ? SCREEN_CONTENT_REAL_TIME : CAMERA_VIDEO_REAL_TIME;
	p->iPicWidth = s->width;
	p->iPicHeight = s->height;
	p->fMaxFrameRate = s->rate;
	p->iTargetBitrate = s->bitrate;
	p->iMaxBitrate = UNSPECIFIED_BIT_RATE;
	p->iRCMode = RC_BITRATE_MODE;
	p->bEnableFrameSkip = true; // rather a frame less than a growing queue
	p->iComplexityMode = s->complexity;
	p->iMultipleThreadIdc = s->largest_unit ? 1 : s->threads;
	p->uiIntraPeriod = 0;                // key frames come when they are asked for
	p->eSpsPpsIdStrategy = CONSTANT_ID;  // the same parameter sets before each of them
	p->uiMaxNalSize = s->largest_unit;
	p->bEnableDenoise = false;
	SSpatialLayerConfig *layer = &p->sSpatialLayers[0];
	if (s->detail) {
		p->iRCMode = RC_OFF_MODE;
		p->bEnableFrameSkip = false;
		layer->iDLayerQp = FIRST_OF_DETAIL;
	}
	layer->iVideoWidth = s->width;
	layer->iVideoHeight = s->height;
	layer->fFrameRate = s->rate;
	layer->iSpatialBitrate = s->bitrate;
	layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
	layer->uiProfileIdc = PRO_BASELINE; // and within the constrained one
	slice(&layer->sSliceArgument, s);
}

parley_h264_opened_encoder parley_h264_open_encoder(const parley_h264_settings *s) {
	parley_h264_encoder *e = calloc(1, sizeof *e);
	if (!e) return (parley_h264_opened_encoder){NULL, ERROR_MEMORY};
	int code = WelsCreateSVCEncoder(&e->library);
	if (!code) {
		SEncParamExt p;
		(*e->library)->SetOption(e->library, ENCODER_OPTION_TRACE_LEVEL, (void *)&quiet);
		(*e->library)->GetDefaultParams(e->library, &p);
		configure(&p, s);
		code = (*e->library)->InitializeExt(e->library, &p);
	}
	if (code) {
		parley_h264_close_encoder(e);
		return (parley_h264_opened_encoder){NULL, code};
	}
	e->width = s->width;
	e->height = s->height;
	return (parley_h264_opened_encoder){e, 0};
}

int parley_h264_set_bitrate(parley_h264_encoder *e, int bitrate) {
	SBitrateInfo info = {SPATIAL_LAYER_ALL, bitrate};
	return (*e->library)->SetOption(e->library, ENCODER_OPTION_BITRATE, &info);
}

// Only what has changed begins anew, of which this is not.
int parley_h264_set_quantizer(parley_h264_encoder *e, int quantizer) {
	SEncParamExt p;
	int code = (*e->library)->GetOption(e->library, ENCODER_OPTION_SVC_ENCODE_PARAM_EXT, &p);
	if (code) return code;
	p.sSpatialLayers[0].iDLayerQp = quantizer;
	return (*e->library)->SetOption(e->library, ENCODER_OPTION_SVC_ENCODE_PARAM_EXT, &p);
}

int parley_h264_set_rate(parley_h264_encoder *e, float rate) {
	return (*e->library)->SetOption(e->library, ENCODER_OPTION_FRAME_RATE, &rate);
}

int parley_h264_set_complexity(parley_h264_encoder *e, int complexity) {
	return (*e->library)->SetOption(e->library, ENCODER_OPTION_COMPLEXITY, &complexity);
}

static size_t length(const SLayerBSInfo *layer) {
	size_t n = 0;
	for (int i = 0; i < layer->iNalCount; i++) n += layer->pNalLengthInByte[i];
	return n;
}

// gather puts the layers of a frame, which lie apart, behind each other.
static parley_h264_packet gather(parley_h264_encoder *e, const SFrameBSInfo *info) {
	size_t size = 0;
	for (int i = 0; i < info->iLayerNum; i++) size += length(&info->sLayerInfo[i]);
	if (size > e->room) {
		uint8_t *more = realloc(e->out, 2 * size);
		if (!more) return (parley_h264_packet){NULL, 0, 0, ERROR_MEMORY};
		e->out = more;
		e->room = 2 * size;
	}
	uint8_t *to = e->out;
	for (int i = 0; i < info->iLayerNum; i++) {
		size_t n = length(&info->sLayerInfo[i]);
		memcpy(to, info->sLayerInfo[i].pBsBuf, n);
		to += n;
	}
	return (parley_h264_packet){e->out, size, info->eFrameType == videoFrameTypeIDR, 0};
}

parley_h264_packet parley_h264_encode(parley_h264_encoder *e, const uint8_t *y, const uint8_t *u, const uint8_t *v,
                                      int y_stride, int c_stride, int64_t milliseconds, int key) {
	SSourcePicture picture = {
		.iColorFormat = videoFormatI420,
		.iStride = {y_stride, c_stride, c_stride},
		.pData = {(uint8_t *)y, (uint8_t *)u, (uint8_t *)v},
		.iPicWidth = e->width,
		.iPicHeight = e->height,
		.uiTimeStamp = milliseconds,
	};
	SFrameBSInfo info;
	memset(&info, 0, sizeof info);
	if (key) (*e->library)->ForceIntraFrame(e->library, true);
	int code = (*e->library)->EncodeFrame(e->library, &picture, &info);
	if (code || info.eFrameType == videoFrameTypeSkip) return (parley_h264_packet){NULL, 0, 0, code};
	return gather(e, &info);
}

void parley_h264_close_encoder(parley_h264_encoder *e) {
	if (e->library) {
		(*e->library)->Uninitialize(e->library);
		WelsDestroySVCEncoder(e->library);
	}
	free(e->out);
	free(e);
	parley_give_back();
}

parley_h264_opened_decoder parley_h264_open_decoder(void) {
	parley_h264_decoder *d = calloc(1, sizeof *d);
	if (!d) return (parley_h264_opened_decoder){NULL, ERROR_MEMORY};
	SDecodingParam p = {
		.uiTargetDqLayer = UCHAR_MAX,
		.eEcActiveIdc = ERROR_CON_DISABLE, // what is lost is asked for, not made up
		.sVideoProperty = {.size = sizeof p.sVideoProperty, .eVideoBsType = VIDEO_BITSTREAM_AVC},
	};
	int code = WelsCreateDecoder(&d->library);
	if (!code) {
		(*d->library)->SetOption(d->library, DECODER_OPTION_TRACE_LEVEL, (void *)&quiet);
		code = (*d->library)->Initialize(d->library, &p);
	}
	if (code) {
		parley_h264_close_decoder(d);
		return (parley_h264_opened_decoder){NULL, code};
	}
	return (parley_h264_opened_decoder){d, 0};
}

parley_h264_shown parley_h264_decode(parley_h264_decoder *d, const uint8_t *data, int size) {
	memset(&d->shown, 0, sizeof d->shown);
	memset(d->planes, 0, sizeof d->planes);
	int code = (*d->library)->DecodeFrameNoDelay(d->library, data, size, d->planes, &d->shown);
	if (code || d->shown.iBufferStatus != 1 || !d->planes[0]) return (parley_h264_shown){0, 0, code};
	SDecoderStatistics told = {.iAvgLumaQp = 0};
	(*d->library)->GetOption(d->library, DECODER_OPTION_GET_STATISTICS, &told);
	return (parley_h264_shown){d->shown.UsrData.sSystemBuffer.iWidth, d->shown.UsrData.sSystemBuffer.iHeight, 0, told.iAvgLumaQp};
}

void parley_h264_copy(const parley_h264_decoder *d, uint8_t *y, uint8_t *u, uint8_t *v, int width, int height) {
	const SSysMEMBuffer *b = &d->shown.UsrData.sSystemBuffer;
	int cw = (width + 1) / 2, ch = (height + 1) / 2;
	parley_copy_plane(y, d->planes[0], b->iStride[0], width, height);
	parley_copy_plane(u, d->planes[1], b->iStride[1], cw, ch);
	parley_copy_plane(v, d->planes[2], b->iStride[1], cw, ch);
}

void parley_h264_close_decoder(parley_h264_decoder *d) {
	if (d->library) {
		(*d->library)->Uninitialize(d->library);
		WelsDestroyDecoder(d->library);
	}
	free(d);
	parley_give_back();
}
