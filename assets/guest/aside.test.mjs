import assert from 'node:assert/strict';
import { test } from 'node:test';

import { listen, parse, PROTOCOL } from './aside.js';

test('what is told', () => {
  assert.deepEqual(parse('{"recording":true,"later":1}'), { recording: true });
  assert.deepEqual(parse('{}'), { recording: false });
  for (const bad of ['', '{', '[]', 'null', '1', '{"recording":1}', `{"x":"${'x'.repeat(5000)}"}`, new ArrayBuffer(2)]) {
    assert.equal(parse(bad), null);
  }
});

function channel(readyState = 'open') {
  const sent = [];
  return { protocol: PROTOCOL, readyState, sent, send: (text) => sent.push(text) };
}

test('on their channel we speak first', () => {
  const c = channel('connecting');
  const heard = [];
  listen(c, false, (told) => heard.push(told));
  assert.equal(c.sent.length, 0);
  c.readyState = 'open';
  c.onopen();
  c.onmessage({ data: '{"recording":true}' });
  c.onmessage({ data: 'hello' });
  assert.deepEqual(c.sent, ['{"recording":false}']);
  assert.deepEqual(heard, [{ recording: true }]);
});

test('on ours we wait for them', () => {
  const c = channel();
  listen(c, true, () => {});
  assert.equal(c.sent.length, 0);
  c.onmessage({ data: 'hello' });
  assert.equal(c.sent.length, 0);
  c.onmessage({ data: '{}' });
  c.onmessage({ data: '{}' });
  assert.equal(c.sent.length, 1);
});

test('other channels mean nothing', () => {
  const c = { ...channel(), protocol: 'chat' };
  listen(c, false, () => {});
  assert.equal(c.sent.length, 0);
  assert.equal(c.onmessage, undefined);
});
