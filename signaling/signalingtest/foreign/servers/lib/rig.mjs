// What every server here has in common: it is started with a port, serves its
// page on it, and tells on standard output where it listens and what it is told.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const pages = join(here, '..', '..', 'pages');
const modules = join(here, '..', '..', 'node_modules');
export const require = createRequire(import.meta.url);

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

/** The port to listen on, 0 for any, and what else the command line says: ["key=value"] as an object. */
export const port = Number(process.argv[2] ?? 0);
export const settings = Object.fromEntries(process.argv.slice(3).map((word) => word.split('=', 2)));

/**
 * Answers requests for the page NAME.html at /, for the modules of pages/lib at
 * /lib/, and for files of npm packages: libraries maps a path to a file below
 * node_modules. Returns whether the request was one of these.
 */
export async function answerStatic(name, libraries, request, response) {
  const path = new URL(request.url, 'http://here').pathname;
  const file = path === '/' ? join(pages, `${name}.html`)
    : path.startsWith('/lib/') ? join(pages, normalize(path))
      : path in libraries ? join(modules, libraries[path]) : null;
  if (!file) return false;
  try {
    const content = await readFile(file);
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store' });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
  return true;
}

/** Makes an HTTP server that has nothing but the page, and texts by their path. */
export function pageServer(name, libraries = {}, texts = {}) {
  return createServer(async (request, response) => {
    if (request.url in texts) response.end(texts[request.url]);
    else if (!await answerStatic(name, libraries, request, response)) response.writeHead(404).end();
  });
}

/** Listens on the loopback interface and says where. */
export async function listen(...servers) {
  const ports = [];
  for (const [i, server] of servers.entries()) {
    // The second port follows from the first when that is given, so that a restart finds both.
    const wanted = i === 0 ? port : Number(settings[`port${i + 1}`] ?? 0);
    if (!server.listening) await new Promise((resolve, reject) => server.once('error', reject).listen(wanted, '127.0.0.1', resolve));
    ports.push(server.address().port);
  }
  listening(...ports);
}

/** Says where a server listens that does so by itself. */
export const listening = (...ports) => console.log(['listening', ...ports].join(' '));

let clients = 0;

/** Numbers the connections from 1. */
export const nextClient = () => ++clients;

/** Tells what a client said, as the text that it sent. */
export const heard = (client, text) => console.log(JSON.stringify({ client, said: text }));

/** Tells that a client's connection is gone. */
export const gone = (client) => console.log(JSON.stringify({ client, gone: true }));
