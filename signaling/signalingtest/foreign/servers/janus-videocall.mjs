// The real Janus, of Debian's package janus, with nothing but WebSockets and the
// VideoCall plugin. Its page is on the first port, Janus itself on the second.
// session=SECONDS is how long Janus waits for the next sign of a client.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listening, pageServer, port, settings } from './lib/rig.mjs';

/** Listens with a server and returns its port. */
const open = (server, wanted) => new Promise((resolve, reject) => {
  server.once('error', reject).listen(wanted, '127.0.0.1', () => resolve(server.address().port));
});

const freePort = async () => {
  const server = createServer();
  const free = await open(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return free;
};

/** Where the distribution keeps the modules of Janus. */
async function installed() {
  for (const machine of await readdir('/usr/lib')) {
    const folder = join('/usr/lib', machine, 'janus');
    if (machine.endsWith('-linux-gnu') && await readdir(folder).catch(() => null)) return folder;
  }
  throw new Error('janus is not installed');
}

/** Writes a configuration with only what is needed, and a folder for each kind of module. */
async function configure(folder, websocket) {
  const modules = await installed();
  for (const [kind, file] of [['plugins', 'libjanus_videocall.so'], ['transports', 'libjanus_websockets.so'], ['events'], ['loggers']]) {
    await mkdir(join(folder, kind));
    if (file) await symlink(join(modules, kind, file), join(folder, kind, file));
  }
  const folders = ['plugins', 'transports', 'events', 'loggers'].map((kind) => `${kind}_folder = "${join(folder, kind)}"`).join('\n');
  await writeFile(join(folder, 'janus.jcfg'), `
general: {
${folders}
debug_level = 3
debug_colors = false
session_timeout = ${Number(settings.session ?? 60)}
}
nat: { ice_lite = false, full_trickle = true }
`);
  await writeFile(join(folder, 'janus.plugin.videocall.jcfg'), 'general: {}\n');
  await writeFile(join(folder, 'janus.transport.websockets.jcfg'), `
general: { json = "compact", ws = true, ws_port = ${websocket}, ws_ip = "127.0.0.1", wss = false }
admin: { admin_ws = false, admin_wss = false }
`);
}

/** Resolves when something listens on a port. */
const answers = (wanted) => new Promise((resolve) => {
  const socket = connect(wanted, '127.0.0.1');
  socket.on('connect', () => resolve(socket.destroy()));
  socket.on('error', () => setTimeout(() => answers(wanted).then(resolve), 50));
});

const folder = await mkdtemp(join(tmpdir(), 'parley-janus-'));
const websocket = Number(settings.port2 ?? await freePort());
await configure(folder, websocket);
// It must not outlive this process, even if that is killed.
spawn('setpriv', ['--pdeathsig', 'KILL', 'janus', '--configs-folder', folder], { stdio: ['ignore', 2, 2] })
  .on('exit', (code) => process.exit(code ?? 1));
await answers(websocket);
await rm(folder, { recursive: true });

const page = pageServer('janus-videocall', {}, { '/janus': String(websocket) });
listening(await open(page, port), websocket);
