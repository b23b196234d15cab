import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Others, reads, signInAdmins } from './mixed.mjs';
import { Server } from './servers.mjs';
import { table } from './stats.mjs';

const SECONDS = 20;
const MIB = 1024 * 1024;
const LIMITS = [256, 384, 512, 768];
const GROUPS = '/sys/fs/cgroup';

/** The load in addition to 100 reads a second. */
const LOADS = {
  reads: [],
  'and 4 sign-ins a second': ['POST /auth/token'],
  'and 4 exports at once': ['POST /auth/token', 'GET /export'],
  'and a file of an export, and the analysis of sales': [
    'POST /auth/token',
    'GET /export',
    'POST /exports',
    'GET /process',
  ],
};

/** Tries which load one process survives under which memory limit, as in a container. Needs root and Linux. */
export async function sizing(databaseUrl, size) {
  const lines = [['', ...LIMITS.map((limit) => `${limit} MiB`)]];
  for (const [name, others] of Object.entries(LOADS)) {
    const cells = [];
    for (const limit of LIMITS)
      cells.push(await within(limit, (group) => survives(databaseUrl, size, { group, others })));
    lines.push([name, ...cells]);
    console.error(lines.at(-1).join(' | '));
  }
  return table(lines);
}

async function survives(databaseUrl, size, { group, others }) {
  let server;
  try {
    server = await Server.aerie(databaseUrl, { group });
    await signInAdmins(server, databaseUrl);
    const beside = new Others(server, size, others);
    const { offered, statuses } = await reads(server, size, SECONDS);
    await beside.end();
    if (server.isKilled) return 'killed';
    return `${Math.round((100 * (statuses['200'] ?? 0)) / offered)} % answered`;
  } catch (error) {
    if (server?.isKilled || error.message.endsWith('SIGKILL')) return 'killed';
    throw error;
  } finally {
    await server?.stop();
  }
}

/** Runs `act` in a separate control group (version 1 or 2) with a memory limit in MiB. */
async function within(limit, act) {
  const isFirst = existsSync(`${GROUPS}/memory`);
  const group = `${GROUPS}${isFirst ? '/memory' : ''}/aerie-bench-${process.pid}`;
  mkdirSync(group);
  try {
    writeFileSync(`${group}/${isFirst ? 'memory.limit_in_bytes' : 'memory.max'}`, String(limit * MIB));
    const cell = await act(group);
    const highest = Number(readFileSync(`${group}/${isFirst ? 'memory.max_usage_in_bytes' : 'memory.peak'}`, 'utf8'));
    return `${cell}, ${Math.round(highest / MIB)} MiB`;
  } finally {
    await removed(group);
  }
}

/** Removes the control group. The kernel needs a moment until it has no processes that have ended. */
async function removed(group) {
  for (let tries = 0; tries < 50; tries++) {
    try {
      return rmdirSync(group);
    } catch {
      await sleep(100);
    }
  }
}
