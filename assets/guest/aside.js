// What the two programs of a call tell each other on a data channel, as
// docs/protocol.md has it. Who opened the channel says nothing until the other
// side has; this page has nothing to tell but that it listens.

export const PROTOCOL = 'parley.call.v1';
export const LABEL = 'parley';

const LONGEST = 4096;
const NOTHING = JSON.stringify({ recording: false });

/** What a message tells: {recording}; null for what is none. */
export function parse(data) {
  if (typeof data !== 'string' || data.length > LONGEST) return null;
  try {
    const told = JSON.parse(data);
    if (told === null || typeof told !== 'object' || Array.isArray(told)) return null;
    if (!['undefined', 'boolean'].includes(typeof told.recording)) return null;
    return { recording: told.recording === true };
  } catch {
    return null;
  }
}

/**
 * Listens on a channel of the protocol, and says so: at once on theirs, and on ours
 * once they have said something.
 */
export function listen(channel, ours, heard) {
  if (channel.protocol !== PROTOCOL) return;
  let said = false;
  const say = () => {
    if (said || channel.readyState !== 'open') return;
    said = true;
    channel.send(NOTHING);
  };
  channel.onmessage = ({ data }) => {
    const told = parse(data);
    if (!told) return;
    say();
    heard(told);
  };
  if (ours) return;
  channel.onopen = say;
  say();
}
