// Keeps the page's connection, so that switchTo can have it send another of the codecs
// that were negotiated, without a word to the other side, as WebRTC allows.
(() => {
  const { setLocalDescription } = RTCPeerConnection.prototype;
  let connection;
  RTCPeerConnection.prototype.setLocalDescription = function (...description) {
    connection = this;
    return setLocalDescription.apply(this, description);
  };
  window.switchTo = async (mime) => {
    const sender = connection.getSenders().find(({ track }) => track?.kind === 'video');
    const parameters = sender.getParameters();
    parameters.encodings[0].codec = parameters.codecs.find(({ mimeType }) => mimeType.toLowerCase() === mime);
    await sender.setParameters(parameters);
  };
})()
