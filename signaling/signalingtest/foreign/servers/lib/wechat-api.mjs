// The HTTP side of the WeChat clone. Success codes are texts, because the server
// cuts them out of "number|text"; errors are numbers.
import { randomBytes, randomUUID } from 'node:crypto';
import { check, newPuzzle, redeem } from './captcha.mjs';
import { answerStatic, heard } from './rig.mjs';

const success = '200001';

/** The people, all friends but Zoe, by id. Their tokens were given at an earlier login. */
export const people = new Map([
  [1, 'Ann', '13800000001'], [2, 'Bob', '13800000002'], [3, 'Kim', '13800000003'], [4, 'Zoe', '13800000004'],
].map(([id, nickname, mobile]) => [id, {
  id, nickname, mobile, password: 'secret1', avatar: `/avatar/${id}.png`, wechat: `wx_${nickname.toLowerCase()}`, token: `pasted-token-of-${id}`,
}]));

const rows = new Map(); // of the chat, by id
let lastRow = 100;

/** What others read about somebody. */
const card = ({ id, nickname, avatar, wechat }) => ({ id, nickname, avatar, wechat });

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function whose(request) {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  if (!token) throw new Refusal(400006, 'token invalid');
  const person = [...people.values()].find((p) => p.token === token);
  if (!person) throw new Refusal(401200, 'token expired');
  return person;
}

/** The actions by method and path; push tells every socket of a person something. */
function actions(push) {
  return {
    'POST /system/captcha/get'() {
      const { x, told } = newPuzzle();
      heard(0, JSON.stringify({ puzzle: x })); // for tests, which are no people
      return { repCode: '0000', repMsg: null, repData: told, success: true };
    },
    'POST /system/captcha/check'({ token, pointJson }) {
      const right = check(token, pointJson);
      return { repCode: right ? '0000' : '6111', repMsg: right ? null : 'not there', repData: { token, result: right }, success: right };
    },
    'POST /user/login'({ mobile, password, code, captchaVerification }) {
      if (!/^1\d{10}$/.test(mobile ?? '') || !/^\d{4}$/.test(code ?? '')) throw new Refusal(400001, 'mobile or code malformed');
      if (!redeem(captchaVerification)) throw new Refusal(400100, 'captcha not solved');
      const person = [...people.values()].find((p) => p.mobile === mobile && p.password === password);
      if (!person) throw new Refusal(400101, 'mobile or password wrong');
      person.token = randomBytes(24).toString('base64');
      push(person.id, { who: 'user', action: 'logout', data: { time: Math.floor(Date.now() / 1000) } });
      return told('200102', { ...card(person), mobile, token: person.token });
    },
    'GET /friend/list'(_, request) {
      const own = whose(request);
      const groups = {};
      for (const p of people.values()) {
        if (areFriends(own, p)) (groups[p.nickname[0]] ??= []).push({ friend: p.id, nickname: p.nickname, avatar: p.avatar, keywords: '' });
      }
      return told(success, Object.keys(groups).length ? groups : []); // an empty map is a list in PHP
    },
    'POST /message/send': (body, request) => send(whose(request), body, push),
    'PUT /message/read'(_, request) {
      whose(request);
      return told(success, []);
    },
  };
}

const areFriends = (a, b) => a !== b && ![a, b].some((p) => p?.nickname === 'Zoe') && Boolean(b);

const told = (code, data) => ({ code, msg: 'ok', data, request_id: randomUUID() });

function send(own, body, push) {
  const { to_user: to, content, type, action, id } = body;
  if (typeof content !== 'string') throw new TypeError('Undefined index: content');
  const other = people.get(Number(to));
  if (!areFriends(own, other)) throw new Refusal(500211, 'not a friend');
  let row = Number(id ?? 0);
  if (row > 0) rows.get(row).content = content;
  else if (row === 0) rows.set(row = ++lastRow, { content });
  const call = type === 'video_call' || type === 'audio_call';
  const { offer, answer, candidate, duration } = body;
  push(other.id, {
    who: 'user', action: call ? 'call' : 'send',
    data: {
      id: row, from: card(own), from_user: own.id, to_user: other.id, content, type, is_group: 0,
      time: Math.floor(Date.now() / 1000), is_tips: 0, is_undo: 0, action, offer, answer, candidate, duration,
    },
  });
  // An empty array is what PHP makes of nothing.
  return told(success, id ? [] : { id: row });
}

async function bodyOf(request) {
  let text = '';
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

/** Answers HTTP requests; push(id, frame) reaches every socket of a person. */
export function answerWith(push) {
  const table = actions(push);
  return async (request, response) => {
    if (await answerStatic('wechat-clone', {}, request, response)) return;
    const path = new URL(request.url, 'http://here').pathname;
    const action = table[`${request.method} ${path}`];
    let status = action ? 200 : 404;
    let answer = {};
    try {
      const body = await bodyOf(request);
      heard(0, JSON.stringify({ method: request.method, path, body }));
      answer = action?.(body, request) ?? answer;
    } catch (e) {
      status = e instanceof Refusal ? 200 : 500;
      answer = { code: e.code ?? 500000, msg: e.message, data: [], request_id: randomUUID() };
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  };
}
