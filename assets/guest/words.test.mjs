import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { language, tables, words } from './words.js';

const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('both languages say the same things', () => {
  assert.deepEqual(Object.keys(tables.zh), Object.keys(tables.en));
  for (const [key, text] of Object.entries(tables.en)) {
    assert.deepEqual(holes(tables.zh[key]), holes(text), key);
    assert.notEqual(tables.zh[key], text, key);
  }
});

test('every word that the document asks for is there', async () => {
  const html = await readFile(new URL('./index.html', import.meta.url), 'utf8');
  const asked = [...html.matchAll(/data-(?:text|label)="([^"]+)"/g)].map((m) => m[1]);
  assert.ok(asked.length > 10);
  for (const key of asked) assert.ok(key in tables.en, key);
});

test('the language is the first that we have', () => {
  assert.equal(language(['zh-CN', 'en']), 'zh');
  assert.equal(language(['fr', 'zh-Hant-TW']), 'zh');
  assert.equal(language(['en-GB', 'zh']), 'en');
  assert.equal(language(['fr']), 'en');
  assert.equal(language(undefined), 'en');
});

test('values are filled in, once', () => {
  const say = words('en');
  assert.equal(say('end.busy', { name: '{name} $&' }), '{name} $& is in another call. Try again in a few minutes.');
  assert.throws(() => say('no.such.key'));
});
