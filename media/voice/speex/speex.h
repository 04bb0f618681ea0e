// What the package needs of speexdsp, in terms of a step: 480 floats between -1 and 1.
#ifndef PARLEY_SPEEX_H
#define PARLEY_SPEEX_H

enum { parley_rate = 48000, parley_step = 480 };

typedef struct parley_canceller parley_canceller;

// tail is how long after it was played an echo may be heard, in samples.
parley_canceller *parley_canceller_new(int tail);
void parley_canceller_free(parley_canceller *c);
void parley_cancel(parley_canceller *c, float *near, const float *far);

typedef struct parley_suppressor parley_suppressor;

// strength is by how many dB noise is made weaker at most.
parley_suppressor *parley_suppressor_new(int strength);
void parley_suppressor_free(parley_suppressor *s);
// Returns the probability of speech in per cent.
int parley_suppress(parley_suppressor *s, float *step);

#endif
