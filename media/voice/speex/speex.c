#include "speex.h"

#include <math.h>
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>
#include <stdlib.h>

static void to_words(spx_int16_t *out, const float *in) {
	for (int i = 0; i < parley_step; i++) {
		float x = in[i] * 32768;
		if (isnan(x)) x = 0;
		out[i] = x >= 32767 ? 32767 : x <= -32768 ? -32768 : (spx_int16_t)lrintf(x);
	}
}

static void to_floats(float *out, const spx_int16_t *in) {
	for (int i = 0; i < parley_step; i++) out[i] = in[i] * (1.0f / 32768);
}

struct parley_canceller {
	SpeexEchoState *echo;
	SpeexPreprocessState *left; // takes out what the filter leaves of the echo
	spx_int16_t near[parley_step], far[parley_step], out[parley_step];
};

void parley_canceller_free(parley_canceller *c) {
	if (!c) return;
	if (c->left) speex_preprocess_state_destroy(c->left);
	if (c->echo) speex_echo_state_destroy(c->echo);
	free(c);
}

parley_canceller *parley_canceller_new(int tail) {
	parley_canceller *c = calloc(1, sizeof *c);
	if (!c) return NULL;
	c->echo = speex_echo_state_init(parley_step, tail);
	c->left = speex_preprocess_state_init(parley_step, parley_rate);
	if (!c->echo || !c->left) {
		parley_canceller_free(c);
		return NULL;
	}
	int rate = parley_rate, off = 0, quiet = -55, talking = -20;
	speex_echo_ctl(c->echo, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
	speex_preprocess_ctl(c->left, SPEEX_PREPROCESS_SET_ECHO_STATE, c->echo);
	speex_preprocess_ctl(c->left, SPEEX_PREPROCESS_SET_DENOISE, &off);
	speex_preprocess_ctl(c->left, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS, &quiet);
	speex_preprocess_ctl(c->left, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, &talking);
	return c;
}

void parley_cancel(parley_canceller *c, float *near, const float *far) {
	to_words(c->near, near);
	to_words(c->far, far);
	speex_echo_cancellation(c->echo, c->near, c->far, c->out);
	speex_preprocess_run(c->left, c->out);
	to_floats(near, c->out);
}

struct parley_suppressor {
	SpeexPreprocessState *state;
	spx_int16_t words[parley_step];
};

void parley_suppressor_free(parley_suppressor *s) {
	if (!s) return;
	if (s->state) speex_preprocess_state_destroy(s->state);
	free(s);
}

parley_suppressor *parley_suppressor_new(int strength) {
	parley_suppressor *s = calloc(1, sizeof *s);
	if (!s) return NULL;
	s->state = speex_preprocess_state_init(parley_step, parley_rate);
	if (!s->state) {
		parley_suppressor_free(s);
		return NULL;
	}
	int on = 1, weaker = -strength;
	speex_preprocess_ctl(s->state, SPEEX_PREPROCESS_SET_DENOISE, &on);
	speex_preprocess_ctl(s->state, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &weaker);
	return s;
}

int parley_suppress(parley_suppressor *s, float *step) {
	int speech = 0;
	to_words(s->words, step);
	speex_preprocess_run(s->state, s->words);
	speex_preprocess_ctl(s->state, SPEEX_PREPROCESS_GET_PROB, &speech);
	to_floats(step, s->words);
	return speech;
}
