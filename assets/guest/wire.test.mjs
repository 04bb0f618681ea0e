import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause, Wire } from './wire.js';

/** A wire on fake sockets and a fake clock. */
function lab() {
  const sockets = [];
  const timers = [];
  const told = [];
  const tell = (what) => (value) => told.push([what, value]);
  class FakeSocket {
    readyState = 0;
    sent = [];
    constructor(url, protocol) {
      Object.assign(this, { url, protocol });
      sockets.push(this);
    }
    send(text) { this.sent.push(JSON.parse(text)); }
    close(code) { this.closed = code; }
    accept() { this.readyState = 1; this.onopen(); }
    say(frame) { this.onmessage({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) }); }
    drop(code) { this.readyState = 3; this.onclose({ code }); }
  }
  const wire = new Wire('ws://hub/ws', { invite: 'T', display: 'Kim' }, {
    welcome: tell('welcome'), lost: tell('lost'), ended: tell('ended'), frame: tell('frame'),
  }, {
    WebSocket: FakeSocket, random: () => 0.5,
    setTimeout: (f, ms) => timers.push({ f, ms }), clearTimeout: () => {},
  });
  wire.open();
  return { wire, sockets, timers, told };
}

test('it identifies itself', () => {
  const { sockets: [socket] } = lab();
  socket.accept();
  assert.equal(socket.protocol, 'parley.hub.v1');
  assert.deepEqual(socket.sent, [{ type: 'identify', invite: 'T', display: 'Kim' }]);
});

test('it resumes after a loss, with growing pauses', () => {
  const { sockets, timers, told } = lab();
  sockets[0].accept();
  sockets[0].say({ type: 'welcome', self: { name: 'g', display: 'Kim' }, resume: 'secret' });
  sockets[0].drop(1006);
  timers[0].f();
  sockets[1].drop(1006);
  timers[1].f();
  sockets[2].accept();
  assert.deepEqual(timers.map((t) => t.ms), [375, 750]);
  assert.deepEqual(told.map(([what]) => what), ['welcome', 'lost', 'lost']);
  assert.deepEqual(sockets[2].sent, [{ type: 'identify', invite: 'T', display: 'Kim', resume: 'secret' }]);
  sockets[2].say({ type: 'welcome', self: { name: 'g', display: 'Kim' }, resume: 'another' });
  sockets[2].drop(1001);
  assert.equal(timers[2].ms, 375);
});

test('it gives up where trying again is pointless', () => {
  for (const [code, error, word] of [[4404, 'invite-expired', 'invite-expired'], [4404, '', 'invite-unknown'], [4402, '', 'bad-name'], [4400, '', 'version'], [4409, 'replaced', 'replaced']]) {
    const { sockets: [socket], timers, told } = lab();
    socket.accept();
    if (error) socket.say({ type: 'error', code: error });
    socket.drop(code);
    assert.deepEqual(told.at(-1), ['ended', word]);
    assert.equal(timers.length, 0);
  }
});

test('frames are handed on, nonsense is not', () => {
  const { sockets: [socket], told } = lab();
  socket.accept();
  for (const data of ['', '{', 'null', '{"type":"surprise"}']) socket.say(data);
  socket.say({ type: 'gone', name: 'ann' });
  assert.deepEqual(told, [['frame', { type: 'gone', name: 'ann' }]]);
});

test('it sends only while connected', () => {
  const { wire, sockets: [socket] } = lab();
  assert.equal(wire.send({ type: 'bye' }), false);
  socket.accept();
  assert.equal(wire.send({ type: 'bye' }), true);
  socket.drop(1006);
  assert.equal(wire.send({ type: 'bye' }), false);
});

test('closing is for good', () => {
  const { wire, sockets, timers, told } = lab();
  wire.close();
  sockets[0].drop(1000);
  wire.open();
  assert.deepEqual([sockets.length, timers.length, told], [1, 0, []]);
});

test('pauses', () => {
  assert.equal(pause(0, 0), 250);
  assert.equal(pause(0, 1), 500);
  assert.equal(pause(50, 1), 15_000);
});
