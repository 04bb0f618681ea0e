// The second section of pictures, of a screen beside the camera, as
// docs/protocol.md has it: what is sent and received names it in one line of the
// first one, and the browser is given it whole.

const KEY = 'x-parley-screen';
const OWN = /^a=(x-parley-screen:|mid:|msid:|ssrc:|ssrc-group:|candidate:|end-of-candidates|rid:|simulcast:|(sendrecv|sendonly|recvonly|inactive)$)/;
export const BLANK = 16; // width and height of a picture that says that nothing is shown

/** Whether a picture of this size shows something. */
export function shows(width, height) {
  return width > 0 && !(width === BLANK && height === BLANK);
}

/** Our description without the section of this name, which becomes a line. */
export function fold(sdp, mid) {
  const [head, ...sections] = split(sdp);
  const at = sections.findIndex((lines) => midOf(lines) === mid);
  if (!mid || at < 0) return sdp;
  const [section] = sections.splice(at, 1);
  const first = sections.find(isPicture);
  if (first && isPicture(section) && direction(section) !== 'inactive') {
    const line = [mid, direction(section), fingerprint(head, first), ...ssrcs(section)];
    first.push(`a=${KEY}:${line.join(' ')}`);
  }
  return join([group(head, (mids) => mids.filter((m) => m !== mid)), ...sections]);
}

/**
 * Their description with the section put back: {sdp, mid}. Without the line there is
 * none, and mid is ''; but what answers ours, of which the section has the name
 * asked, refuses it then.
 */
export function unfold(sdp, asked = '', ours = '') {
  const [head, ...sections] = split(sdp);
  const line = read(head, sections, asked);
  if (!line && !asked) return { sdp, mid: '' };
  const places = split(ours).slice(1).map(midOf);
  const at = places.includes(asked) ? places.indexOf(asked) : sections.length;
  sections.splice(at, 0, line ? whole(line, sections.find(isPicture)) : refusal(asked));
  const changed = line ? group(head, (mids) => [...mids, line.mid]) : head;
  return { sdp: join([changed, ...sections]), mid: line?.mid ?? '' };
}

// The line, if there is one that is meant for us: whoever takes part in the media
// has another fingerprint than who wrote it.
function read(head, sections, asked) {
  const first = sections.find(isPicture);
  const [mid, way, hash, ...sources] = (value(first ?? [], KEY) ?? '').split(' ');
  const taken = sections.some((lines) => midOf(lines) === mid);
  const known = ['sendrecv', 'sendonly', 'recvonly'].includes(way) && sources.length <= 2 && sources.every((s) => /^\d+$/.test(s));
  if (!mid || taken || !known || hash !== fingerprint(head, first) || asked && asked !== mid) return null;
  return { mid, way, sources };
}

function whole({ mid, way, sources }, first) {
  const lines = first.filter((line) => !OWN.test(line));
  lines.push(`a=mid:${mid}`, `a=${way}`, 'a=content:slides', 'a=msid:parley-screen screen');
  if (sources.length === 2) lines.push(`a=ssrc-group:FID ${sources.join(' ')}`);
  return [...lines, ...sources.map((ssrc) => `a=ssrc:${ssrc} cname:parley-screen`)];
}

function refusal(mid) {
  return ['m=video 0 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=inactive'];
}

function split(sdp) {
  return sdp.split(/(?=^m=)/m).map((part) => part.split(/\r?\n/).filter(Boolean));
}

function join(parts) {
  return parts.flat().map((line) => `${line}\r\n`).join('');
}

function value(lines, key) {
  return lines.find((line) => line.startsWith(`a=${key}:`))?.slice(key.length + 3);
}

function midOf(lines) {
  return value(lines, 'mid');
}

// A port of 0 refuses a section, unless it is only to be bundled.
function isPicture(lines) {
  return /^m=video (?!0 )/.test(lines[0]) || /^m=video /.test(lines[0]) && lines.includes('a=bundle-only');
}

function direction(lines) {
  return lines.map((line) => line.slice(2)).find((word) => /^(sendrecv|sendonly|recvonly|inactive)$/.test(word)) ?? 'sendrecv';
}

function fingerprint(head, section) {
  return (value(section, 'fingerprint') ?? value(head, 'fingerprint'))?.split(' ')[1];
}

// Those of the pictures and of their retransmissions, which come first.
function ssrcs(section) {
  if (!/^send/.test(direction(section))) return [];
  const pair = section.map((line) => line.match(/^a=ssrc-group:FID (\d+) (\d+)/)).find(Boolean);
  return pair?.slice(1) ?? [...new Set(section.flatMap((line) => line.match(/^a=ssrc:(\d+)/)?.[1] ?? []))].slice(0, 1);
}

function group(head, change) {
  return head.map((line) => {
    if (!line.startsWith('a=group:BUNDLE')) return line;
    return ['a=group:BUNDLE', ...change(line.split(' ').slice(1))].join(' ');
  });
}
