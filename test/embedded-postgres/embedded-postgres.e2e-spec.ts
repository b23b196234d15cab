/** @jest-environment node */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/embedded-postgres/processes.js';
import { Holder, postmasterOf, query, queryUntilAnswered, supervisorsOf, until } from '../support/embedded-holders.js';

const allGone = (pids: number[]): Promise<boolean> => until(`end of ${pids.join()}`, () => !pids.some(isAlive));

describe('the embedded PostgreSQL', () => {
  let base: string;
  let dataDir: string;
  let holders: Holder[];

  const hold = (folder = dataDir): Holder => {
    const holder = new Holder(folder);
    holders.push(holder);
    return holder;
  };
  const processes = (): Promise<[number, number]> =>
    until('a supervised server', (): [number, number] | undefined => {
      const [server, supervisor] = [postmasterOf(dataDir), supervisorsOf(dataDir).at(-1)];
      // The server can be ready before its supervisor has logged it; the last entry is then from an earlier one.
      return server !== undefined && supervisor !== undefined && isAlive(supervisor) ? [server, supervisor] : undefined;
    });

  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'aerie-embedded-'));
    chmodSync(base, 0o711);
    dataDir = join(base, `it's a $HOME`); // pg_ctl passes the path to a shell
    holders = [];
  });

  afterAll(async () => {
    for (const holder of holders) holder.kill();
    await allGone([dataDir, join(base, 'closed')].flatMap(supervisorsOf));
    rmSync(base, { recursive: true });
  });

  it('is shared by processes that start it at the same time, and stops when the last one releases it', async () => {
    const four = [hold(), hold(), hold(), hold()];
    const urls = await Promise.all(four.map((holder) => holder.url()));
    const pids = await processes();
    expect(new Set(urls).size).toBe(1);
    expect(supervisorsOf(dataDir)).toHaveLength(1);
    const killed = hold();
    await killed.url();
    killed.kill();

    for (const holder of four.slice(1)) await holder.release();
    expect(await query(urls[0] ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);

    await four[0]?.release();
    expect(isAlive(pids[0])).toBe(false);
    await allGone(pids);
  });

  describe('while a process holds a lease', () => {
    let holder: Holder;
    let url: string;

    beforeEach(async () => {
      holder = hold();
      url = await holder.url();
      await query(url, 'create table if not exists kept (id int); insert into kept values (1)');
    });

    afterEach(async () => {
      const pids = await processes().finally(() => holder.kill());
      await allGone(pids);
    });

    it('has durable settings, requires a password and protects the password file', async () => {
      const [settings] = await query(
        url,
        `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages, current_setting('synchronous_commit') as commits,
          current_setting('data_checksums') as checksums, current_setting('listen_addresses') as tcp, current_setting('TimeZone') as zone`,
      );
      expect(settings).toEqual({ fsync: 'on', pages: 'on', commits: 'on', checksums: 'on', tcp: '', zone: 'UTC' });
      expect(await query(url, 'select distinct auth_method from pg_hba_file_rules')).toEqual([
        { auth_method: 'scram-sha-256' },
      ]);
      expect(statSync(join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600);
      await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'select')).rejects.toMatchObject({ code: '28P01' });
    });

    it('is restarted after it is killed', async () => {
      const [killed] = await processes();
      process.kill(killed, 'SIGKILL');
      await until('another server', async () => (await processes())[0] !== killed);
      const [row] = await queryUntilAnswered(url, 'select count(*)::int as count from kept');
      expect(row?.['count']).toBeGreaterThan(0);
    });

    it('recovers without a new server if one of its processes is killed', async () => {
      const [server] = await processes();
      const [backend] = await query(url, `select pid from pg_stat_activity where backend_type = 'checkpointer'`);
      process.kill(backend!['pid'] as number, 'SIGKILL');
      await until('the end of it', async () => (await query(url, 'select 1').catch(() => undefined)) === undefined);
      await queryUntilAnswered(url, 'select 1');
      expect(postmasterOf(dataDir)).toBe(server);
    });

    it('keeps running if its supervisor is killed, and the lease is renewed', async () => {
      const [server, supervisor] = await processes();
      process.kill(supervisor, 'SIGKILL');
      await holder.hears('renewed');
      expect(postmasterOf(dataDir)).toBe(server);
      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    });

    it('keeps its supervisor if signals for the application reach that, too', async () => {
      const [, supervisor] = await processes();
      for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.kill(supervisor, signal);
      const other = hold();
      await other.url();
      other.kill();
      expect(isAlive(supervisor)).toBe(true);
    });

    it('leaves a different server in the same folder running, and reports the lease as lost', async () => {
      const [server, supervisor] = await processes();
      const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
      const text = readFileSync(pidFile, 'utf8');
      writeFileSync(
        pidFile,
        text.replace(/^(.*\n){4}.*/, (lines) => lines.replace(/.*$/, '/elsewhere')),
      );
      process.kill(supervisor, 'SIGKILL');
      const { message } = await holder.hears('lost');
      expect(message).toContain(`Another PostgreSQL, process ${server} of`);
      expect(isAlive(server)).toBe(true);
      writeFileSync(pidFile, text);
      holder.kill();
      holder = hold();
      await holder.url();
      expect(postmasterOf(dataDir)).toBe(server);
    });

    it.each(['', ', and its process id is that of another program by then'])(
      'restarts with its data after all processes are killed at once%s',
      async (reused) => {
        const before = await query(url, 'select count(*)::int as count from kept');
        const pids = await processes();
        holder.kill();
        for (const pid of pids.toReversed()) process.kill(pid, 'SIGKILL');
        await allGone(pids);
        const other = reused ? giveProcessIdAway(join(dataDir, 'postgres/data/postmaster.pid')) : undefined;
        holder = hold();
        const after = await query(await holder.url(), 'select count(*)::int as count from kept');
        other?.kill();
        expect(after).toEqual(before);
      },
    );

    it('stops if its last user is killed, and can be started again', async () => {
      const pids = await processes();
      holder.kill();
      await allGone(pids);
      holder = hold();
      await holder.url();
    });
  });

  it('starts as root in a folder that no other account can enter, after an interrupted start', async () => {
    const closed = join(base, 'closed');
    mkdirSync(join(closed, 'postgres/data.unfinished'), { recursive: true });
    writeFileSync(join(closed, 'postgres/data.unfinished/PG_VERSION'), '18\n');
    chmodSync(join(closed, 'postgres/data.unfinished'), 0o777);
    chmodSync(closed, 0o700);
    const holder = hold(closed);
    expect(await query(await holder.url(), 'select current_database() as name')).toEqual([{ name: 'aerie' }]);
    await holder.release();
  });

  it('reports a cluster of another PostgreSQL version in the folder', async () => {
    const old = join(base, 'old');
    mkdirSync(join(old, 'postgres/data'), { recursive: true });
    writeFileSync(join(old, 'postgres/data/PG_VERSION'), '9.6\n');
    writeFileSync(join(old, 'postgres/password'), 'secret\n');
    const { message } = await hold(old).hears('failed');
    expect(message).toMatch(
      /was created by PostgreSQL 9\.6, .+: back it up with the release .+npm run backup.+npm run restore/,
    );
  });
});

/** Writes the process id of another program of the same account into the lock file, as after a container restart. */
function giveProcessIdAway(lockFile: string): ChildProcess {
  const { uid, gid } = statSync(lockFile);
  const other = spawn('sleep', ['60'], { uid, gid });
  writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(/^\d+/, String(other.pid)));
  return other;
}
