// Opens the camera and the microphone, and says in one word why one is missing:
// refused, none, inUse or insecure. A missing device never fails a call.

const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/**
 * Opens what a call of this kind wants. The result has audio and video tracks,
 * or null for those that could not be had, and problems: [{device, fault}].
 */
export async function acquire(kind, media) {
  if (!media?.getUserMedia) {
    return { audio: null, video: null, problems: [{ device: 'both', fault: 'insecure' }] };
  }
  if (kind === 'audio') return alone(media);
  try {
    // Together first, so that the browser asks the user once.
    return tracks(await media.getUserMedia({ audio: AUDIO, video: VIDEO }));
  } catch {
    return apart(media);
  }
}

/** Opens one device, 'camera' or 'microphone': {track, fault}, one of them null. */
export async function open(device, media) {
  if (!media?.getUserMedia) return { track: null, fault: 'insecure' };
  const wanted = device === 'camera' ? { video: VIDEO } : { audio: AUDIO };
  try {
    const stream = await media.getUserMedia(wanted);
    return { track: stream.getTracks()[0], fault: null };
  } catch (error) {
    return { track: null, fault: fault(error) };
  }
}

/** Whether this browser can show a screen; telephones cannot. */
export function displays(media) {
  return typeof media?.getDisplayMedia === 'function';
}

/**
 * Lets the user choose a screen, a window or a tab: {track, fault}, both null if
 * none was chosen.
 */
export async function display(media) {
  try {
    const [track] = (await media.getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: false })).getVideoTracks();
    // Text before motion (W3C mst-content-hint): what must be left out is frames.
    track.contentHint = 'detail';
    return { track, fault: null };
  } catch (error) {
    return { track: null, fault: declined(error) ? null : 'failed' };
  }
}

// Who closes the browser's list is as one whom the system does not let do it, but
// for what browsers say of the latter.
function declined(error) {
  return error?.name === 'NotAllowedError' && !/system/i.test(error.message) || error?.name === 'AbortError';
}

/** The word for a DOMException of getUserMedia (W3C mediacapture-streams 10.2). */
export function fault(error) {
  switch (error?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'inUse';
  }
}

async function alone(media) {
  const { track, fault: why } = await open('microphone', media);
  return { audio: track, video: null, problems: problems({ microphone: why }) };
}

async function apart(media) {
  const microphone = await open('microphone', media);
  const camera = await open('camera', media);
  return {
    audio: microphone.track,
    video: camera.track,
    problems: problems({ camera: camera.fault, microphone: microphone.fault }),
  };
}

function tracks(stream) {
  return { audio: stream.getAudioTracks()[0] ?? null, video: stream.getVideoTracks()[0] ?? null, problems: [] };
}

function problems({ camera = null, microphone = null }) {
  if (camera && camera === microphone) return [{ device: 'both', fault: camera }];
  return Object.entries({ camera, microphone })
    .filter(([, why]) => why)
    .map(([device, why]) => (why === 'insecure' ? { device: 'both', fault: why } : { device, fault: why }));
}
