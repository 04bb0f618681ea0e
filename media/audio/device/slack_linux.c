#include <sys/prctl.h>

// lateness is by how much the kernel may put off what wakes a thread by the clock,
// in nanoseconds, to wake several at once. The kernel's own is 50000.
enum { lateness = 500000 };

// Go's runtime has a thread that looks after the others. While any of them runs it
// sleeps for 20 microseconds at a time, and for ten times as long between a timer
// of Go and the next whole millisecond, as Go's poller does not wait for less. In a
// call, where something runs for a moment every few milliseconds, it woke 1800 times
// a second and took a quarter of what all the sound took beside its processing.
// Nothing here needs to be waked to less than a millisecond: devices and packets
// wake threads by themselves. A thread has the slack of who made it, so this must
// happen before there are threads.
__attribute__((constructor)) static void be_lenient(void) { prctl(PR_SET_TIMERSLACK, lateness, 0, 0, 0); }
