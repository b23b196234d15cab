import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { EXPORT } from './floor.sql.mjs';
import { median } from './stats.mjs';

/**
 * Returns the rows per second of the whole export, through Aerie and with COPY alone. Uses curl and psql if both are
 * installed.
 */
export async function compareExports(aerie, admin, { url, rows, rounds }) {
  const seconds = { aerie: [], copy: [] };
  for (let i = 0; i < rounds; i++) {
    seconds.copy.push(await timed(() => copyWith(url)));
    seconds.aerie.push(await timed(() => download(aerie, admin)));
  }
  const perSecond = (times) => rows / median(times);
  const [own, floor] = [perSecond(seconds.aerie), perSecond(seconds.copy)];
  return { aerie: own, copy: floor, share: own / floor, tool: hasTools ? 'psql' : 'pg-copy-streams' };
}

async function timed(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/**
 * Clients that cost little on either side. A client in JavaScript would use a part of the core that the server needs.
 */
const hasTools = ['psql', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

function download({ url }, authorization) {
  const headers = { authorization, 'accept-encoding': 'identity' };
  return hasTools ? curl(`${url}/export`, headers) : read(`${url}/export`, headers);
}

async function curl(url, headers) {
  const flags = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const stdio = ['ignore', 'ignore', 'inherit'];
  const child = spawn('curl', ['--fail', '--silent', '--show-error', '--output', '/dev/null', ...flags, url], {
    stdio,
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('The export failed');
}

async function read(url, headers) {
  const { ok, body } = await fetch(url, { headers });
  if (!ok) throw new Error('The export failed');
  await pipeline(body, nowhere());
}

/** Runs the same query with COPY alone. */
export const copyWith = (url) => (hasTools ? psqlCopy(url) : clientCopy(url));

async function psqlCopy(url) {
  const child = spawn('psql', [url, '-qc', EXPORT], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('psql failed');
}

async function clientCopy(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await pipeline(client.query(copyTo(EXPORT)), nowhere());
  await client.end();
}
