import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './load.mjs';
import { routes, signIn } from './routes.mjs';
import { Server } from './servers.mjs';
import { table } from './stats.mjs';

const SHOWN = 40;
const MAIN_THREAD = /\.0\.\d+\.cpuprofile$/;

/**
 * Shows where the CPU time of a route goes, by package or folder, and the most expensive functions. Uses Node's
 * sampling profiler.
 */
export async function profile(databaseUrl, size, asked) {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-profile-'));
  try {
    const route = routes(size).find(({ name }) => name.includes(asked.profile));
    await load(await Server.aerie(databaseUrl, { flags: ['--cpu-prof', `--cpu-prof-dir=${folder}`] }), route, asked);
    const file = readdirSync(folder).find((name) => MAIN_THREAD.test(name));
    return `${route.name}\n\n${shares(JSON.parse(readFileSync(join(folder, file), 'utf8')))}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function load(server, route, asked) {
  try {
    await signIn(server);
    await compare([server], route, asked);
  } finally {
    await server.stop();
  }
}

function shares({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const parts = new Map();
  const functions = new Map();
  const add = (map, key, us) => map.set(key, (map.get(key) ?? 0) + us);
  for (const [i, id] of samples.entries()) {
    const frame = byId.get(id);
    if (frame.functionName === '(idle)') continue;
    add(parts, partOf(frame), timeDeltas[i]);
    add(functions, `${frame.functionName || '(anonymous)'} ${partOf(frame)}:${frame.lineNumber + 1}`, timeDeltas[i]);
  }
  return [parts, functions].map(top).join('\n\n');
}

function partOf({ url, functionName }) {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return name ?? (url.startsWith('node:') ? url : url.replace(/^.*\/dist\//, ''));
}

function top(map) {
  const total = [...map.values()].reduce((sum, us) => sum + us, 0);
  const rows = [...map].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN);
  return table([['where', 'share'], ...rows.map(([name, us]) => [name, `${((100 * us) / total).toFixed(1)} %`])]);
}
