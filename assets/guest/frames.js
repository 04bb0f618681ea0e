// Reads what the hub sends (docs/protocol.md). Frames that are not as they
// should be are dropped here, so that nothing behind has to doubt them.

const text = (value) => typeof value === 'string';
const id = (value) => text(value) && value !== '';
const object = (value) => typeof value === 'object' && value !== null;
const optional = (check) => (value) => value === undefined || value === null || check(value);
const kind = (value) => value === 'audio' || value === 'video';
const member = (value) => object(value) && id(value.name) && text(value.display);
const description = (value) => object(value) && text(value.sdp)
  && ['offer', 'answer'].includes(value.type) && optional(Number.isInteger)(value.round);
const candidate = (value) => object(value) && text(value.candidate);

const call = { from: id, call: id };
const shapes = {
  welcome: { self: member, resume: optional(text), ice: optional(Array.isArray) },
  presence: { here: (value) => Array.isArray(value) && value.every(member) },
  came: { member },
  gone: { name: id },
  error: { code: text, call: optional(id), to: optional(id) },
  invite: { ...call, kind, description: optional(description) },
  ringing: call,
  accept: { ...call, kind },
  decline: { ...call, text: optional(text) },
  busy: call,
  cancel: call,
  description: { ...call, description },
  candidate: { ...call, candidate },
  bye: call,
};

/** The frame in a message, or null for what we do not know or cannot trust. */
export function read(data) {
  let frame;
  try {
    frame = JSON.parse(data);
  } catch {
    return null;
  }
  if (!object(frame) || !text(frame.type) || !Object.hasOwn(shapes, frame.type)) return null;
  const shape = shapes[frame.type];
  return Object.keys(shape).every((name) => shape[name](frame[name])) ? frame : null;
}

/** Whether a frame is a message of a call. */
export function ofCall(frame) {
  return Object.hasOwn(shapes[frame.type], 'from');
}
