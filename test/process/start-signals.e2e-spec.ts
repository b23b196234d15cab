/** @jest-environment node */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../src/embedded-postgres/processes.js';
import { ownDatabase } from '../support/own-database.js';
import { aFolder, childrenOf, elapsed, MAIN, processesIn, Program } from '../support/processes.js';

/** The number of moments to test, spread over the whole start. With EVERY_TENTH=1 every tenth of a second is tested. */
const MOMENTS = 6;
const EVERY_TENTH = process.env['EVERY_TENTH'] === '1';

if (EVERY_TENTH) import.meta.jest.setTimeout(3_600_000); // a start of three seconds is tested thirty times

/** Prints a line when Node has started, just before the program begins. */
const BEGUN = `--import=data:text/javascript,${encodeURIComponent("process.stdout.write('Node is there\\n')")}`;
const NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

const canBeFirst = (() => {
  const works = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;
  if (!works) console.warn('SKIPPED: no PID namespace may be made here, so a start as PID 1 is not tested');
  return works;
})();

interface Stopped {
  readonly moment: number | string;
  readonly ended: number | NodeJS.Signals;
  readonly output: string;
  readonly left: readonly number[];
}

interface Way {
  readonly env: Record<string, string>;
  readonly first?: boolean;
  readonly signal: NodeJS.Signals;
}

/** Starts Aerie and sends the signal when it prints `moment`, or `moment` milliseconds after its first line. */
async function stoppedAfter(moment: number | string, { env, first = false, signal }: Way): Promise<Stopped> {
  const all = { PORT: '0', LOG_LEVEL: 'warn', PRE_STOP_MS: '0', NODE_OPTIONS: BEGUN, ...env };
  const command = [process.execPath, MAIN, 'serve'];
  const app = first
    ? new Program('unshare', [...NAMESPACE, ...command], { env: all })
    : new Program(command[0]!, command.slice(1), { env: all });
  await app.says(/Node is there/);
  await (typeof moment === 'number' ? sleep(moment) : app.says(RegExp(moment)));
  const pid = first ? childrenOf(app.pid)[0]! : app.pid;
  const children = childrenOf(pid);
  process.kill(pid, signal);
  const ended = await Promise.race([app.ended, sleep(30_000, 'SIGSTOP' as const, { ref: false })]);
  return { moment, ended, output: app.output, left: [...children.filter(isAlive), ...processesIn(env['DATA_DIR']!)] };
}

/** Starts Aerie again and again, each time with the signal at a later moment of the start. */
async function throughout(way: Way): Promise<Stopped[]> {
  const whole = await elapsed(stoppedAfter('Aerie is ready', way));
  const step = EVERY_TENTH ? 100 : whole / MOMENTS;
  const all: Stopped[] = [];
  for (let ms = step; ms < whole; ms += step) all.push(await stoppedAfter(ms, way));
  return all;
}

const unclean = (all: readonly Stopped[]) =>
  all.filter(({ ended, output, left }) => ended !== 0 || left.length > 0 || /error|"level":[56]0/i.test(output));

describe.each(['SIGTERM', 'SIGINT'] as const)(
  '%s at any moment of a start shuts the application down cleanly',
  (signal) => {
    it('in a single process', async () => {
      const { url } = await ownDatabase();
      expect(unclean(await throughout({ env: { DATA_DIR: aFolder(), DATABASE_URL: url }, signal }))).toEqual([]);
    });

    it('with two workers on an embedded database, and leaves no process behind', async () => {
      expect(unclean(await throughout({ env: { DATA_DIR: aFolder(), WORKERS: '2' }, signal }))).toEqual([]);
    });

    (canBeFirst ? it : it.skip)('as the first process of a container, including PostgreSQL', async () => {
      const DATA_DIR = aFolder();
      expect(unclean(await throughout({ env: { DATA_DIR, WORKERS: '2' }, first: true, signal }))).toEqual([]);
      const log = readFileSync(join(DATA_DIR, 'postgres/postgres.log'), 'utf8');
      expect(log).toContain('database system is shut down');
      expect(log).not.toContain('was not properly shut down');
    });
  },
);
