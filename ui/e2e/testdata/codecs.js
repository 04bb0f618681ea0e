// Makes the page one that knows the given video codecs only, and likes them in
// this order.
((mimes) => {
  const place = (mime) => mimes.indexOf(mime.toLowerCase());

  function prefer(connection) {
    const known = RTCRtpReceiver.getCapabilities('video').codecs
      .filter(({ mimeType }) => place(mimeType) >= 0 || mimeType === 'video/rtx')
      .sort((a, b) => (place(a.mimeType) + 99) % 99 - (place(b.mimeType) + 99) % 99);
    for (const transceiver of connection.getTransceivers()) {
      if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences(known);
    }
  }

  // strip takes out of a description what a page without the other codecs would
  // pass over: Chromium sends what it was offered, whatever it prefers to receive.
  function strip(sdp) {
    return sdp.split(/(?=^m=)/m).map((section) => section.startsWith('m=video') ? stripSection(section) : section).join('');
  }

  function stripSection(section) {
    const kept = new Set();
    for (const [, payload, name] of section.matchAll(/^a=rtpmap:(\d+) ([^/]+)/gm)) {
      if (place('video/' + name) >= 0) kept.add(payload);
    }
    for (const [, payload, primary] of section.matchAll(/^a=fmtp:(\d+) apt=(\d+)/gm)) {
      if (kept.has(primary)) kept.add(payload);
    }
    return section
      .replace(/^(m=video \d+ \S+)(.*)$/m, (_, head, payloads) => [head, ...payloads.trim().split(' ').filter((p) => kept.has(p))].join(' '))
      .replace(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) .*\r\n/gm, (line, payload) => kept.has(payload) ? line : '');
  }

  const connection = RTCPeerConnection.prototype;
  for (const step of ['createOffer', 'createAnswer', 'setLocalDescription']) {
    const original = connection[step];
    connection[step] = function (...settings) {
      if (step !== 'setLocalDescription' || settings.length === 0) prefer(this);
      return original.apply(this, settings);
    };
  }
  const { setRemoteDescription } = connection;
  connection.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: strip(sdp) });
  };
})
