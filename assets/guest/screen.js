// What the page shows, as a pure function of what is so. The model that screen
// returns is applied by page.js without a thought of its own.

import { live } from './call.js';

/**
 * app: {fatal, name, editing, nameFault, link, inviter, here, call, ended,
 * liveSince, deadline, blocked, picture, sharing, takesScreen, recorded}; local: {muted,
 * microphone, camera, displays, showing, notices}. What app says is shared is theirs, what local shows is ours. now is in ms; say comes from words.js.
 */
export function screen(app, local, now, say) {
  const view = viewOf(app);
  return { view, title: title(view, app, say), ...views[view]({ app, local, now, say }) };
}

function viewOf(app) {
  if (app.fatal) return 'fatal';
  if (app.call.phase === 'ringing') return app.call.answering ? 'call' : 'ringing';
  if (app.call.phase !== 'idle') return 'call';
  if (!app.name || app.editing) return 'name';
  return app.link.state === 'opening' ? 'loading' : 'home';
}

function title(view, app, say) {
  if (view === 'ringing') return say('title.ringing', { name: app.inviter.display });
  if (view === 'call') return say('title.call', { name: app.inviter.display });
  return say('title');
}

const views = { fatal, name, loading: () => ({}), home, ringing, call };

function fatal({ app, say }) {
  return {
    text: {
      'fatal-title': say(`fatal.${app.fatal}.title`),
      'fatal-text': say(`fatal.${app.fatal}.text`),
    },
    shown: { reload: ['version', 'replaced'].includes(app.fatal) },
  };
}

function name({ app, say }) {
  return { text: { 'name-fault': app.nameFault ? say('name.bad') : '' } };
}

function home({ app, now, say }) {
  const up = app.link.state === 'up';
  const here = up && app.here;
  const who = app.inviter?.display ?? say('home.someone');
  return {
    text: {
      'ended': ending(app.ended, say),
      'home-avatar': app.inviter ? initials(who) : '…',
      'home-name': who,
      'presence': say(here ? 'home.here' : 'home.away'),
      'home-hint': say(here ? 'home.hint' : 'home.awayHint'),
      'trouble-text': trouble(app.link, now, say),
      'self': say('home.self', { name: app.name }),
    },
    shown: { 'ended': Boolean(ending(app.ended, say)), 'presence': up, 'home-hint': up, 'trouble': !up },
    enabled: { 'dial': here, 'dial-audio': here },
    data: { presence: { here } },
  };
}

function trouble(link, now, say) {
  if (link.state !== 'lost') return '';
  const seconds = Math.ceil((link.retryAt - now) / 1000);
  if (seconds <= 0) return say('link.trying');
  return say(link.full ? 'link.full' : 'link.lost', { seconds });
}

function ringing({ app, say }) {
  const video = app.call.kind === 'video';
  return {
    text: {
      'ringing-avatar': initials(app.inviter.display),
      'ringing-name': app.inviter.display,
      'ringing-text': say(video ? 'ringing.video' : 'ringing.audio'),
    },
    shown: { 'answer-audio': video },
    icon: { 'answer-icon': video ? 'camera' : 'phone' },
  };
}

function call({ app, local, now, say }) {
  const { call: state, inviter } = app;
  const video = state.kind === 'video';
  const picture = app.picture && video;
  const sharing = app.sharing && video;
  const silent = local.muted || !local.microphone;
  return {
    text: {
      'peer': inviter.display,
      'person-name': inviter.display,
      'call-avatar': initials(inviter.display),
      'person-text': progress(state, app, say),
      'duration': app.liveSince && live(state) && state.phase !== 'connecting' ? duration(now - app.liveSince) : '',
      'recovering': say('recovering.text', { seconds: Math.max(0, Math.ceil((app.deadline - now) / 1000)) }),
      'recorded-text': say('call.recorded', { name: inviter.display }),
      'notice-text': local.notices.map((notice) => say(`device.${notice}`)).join(' '),
      'tile-text': say(local.camera === 'none' ? 'call.noCamera' : 'call.cameraOff'),
    },
    shown: {
      'person': !picture && !sharing,
      'recovering': state.phase === 'recovering',
      'recorded': app.recorded && live(state),
      'blocked': app.blocked,
      'notice': local.notices.length > 0,
      'tile': video,
      'tile-muted': silent && state.phase !== 'preparing',
      'camera': video,
      'share': video && live(state) && app.takesScreen && local.displays,
      'shared': local.showing,
    },
    icon: {
      'mute-icon': silent ? 'microphone-off' : 'microphone',
      'camera-icon': local.camera === 'on' ? 'camera' : 'camera-off',
    },
    pressed: { mute: silent, camera: local.camera === 'on', share: local.showing },
    hint: {
      mute: say(silent ? 'call.unmuteHint' : 'call.muteHint'),
      camera: say(local.camera === 'on' ? 'call.cameraOffHint' : 'call.cameraOnHint'),
      share: say(local.showing ? 'share.stop' : 'share.start'),
    },
    data: {
      'view-call': { phase: state.phase, sharing },
      'remote': { picture },
      'local': { picture: local.camera === 'on' },
    },
    label: { remote: say('video.remote', { name: inviter.display }), screen: say('video.screen', { name: inviter.display }), local: say('video.local') },
  };
}

function progress(state, app, say) {
  if (state.phase === 'preparing' || state.answering && state.phase === 'ringing') {
    return say(state.kind === 'video' ? 'preparing.text' : 'preparing.textAudio');
  }
  if (state.phase === 'calling') return say(state.alerted ? 'calling.alerted' : 'calling.text');
  if (state.phase === 'connecting') return say('connecting.text');
  return state.kind === 'audio' ? say('call.soundOnly') : '';
}

/** The sentence for how a call ended: {reason, name, text, duration in ms}. */
export function ending(ended, say) {
  const key = ended ? endingKey(ended) : '';
  return key && say(`end.${key}`, { ...ended, duration: duration(ended.duration) });
}

// What the user did needs no words.
function endingKey({ reason, text, duration: ms }) {
  const brief = ms < 1000;
  switch (reason) {
    case 'withdrawn':
    case 'rejected':
      return '';
    case 'localHangup':
      return brief ? '' : reason;
    case 'remoteHangup':
      return brief ? 'remoteHangupEarly' : reason;
    case 'declined':
      return text ? 'declinedText' : reason;
    default:
      return reason;
  }
}

/** m:ss, or h:mm:ss from an hour on. */
export function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** At most two letters that stand for a name; one for scripts without spaces. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const heads = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return heads.map((word) => [...word][0].toLocaleUpperCase()).join('') || '?';
}
