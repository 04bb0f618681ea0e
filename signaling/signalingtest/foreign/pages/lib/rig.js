// What tests hold a page by. The handle presses the page's own buttons and tells
// what the page believes; it repairs nothing.

const log = [];

/** Notes something for whoever reads the log of a failed test. */
export function note(...what) {
  log.push(what.map((w) => (w instanceof Error ? `${w.name}: ${w.message}` : typeof w === 'string' ? w : JSON.stringify(w))).join(' '));
}

/**
 * Publishes window.rig. actions are the buttons that the page has: start, call,
 * accept, reject, hangup; what its protocol lacks is left out. Also announces:
 * starting says something that nobody answers, so that whoever wants to know
 * when the server knows has to ask there. Returns the handle, whose state is to
 * be kept: offline, idle, calling, ringing or live.
 */
export function handle(actions) {
  window.rig = { state: 'offline', log, ...actions };
  addEventListener('error', (e) => note('thrown', e.error ?? e.message));
  addEventListener('unhandledrejection', (e) => note('rejected', e.reason));
  return window.rig;
}
