/** @jest-environment node */
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { eventually } from '../support/factories.js';
import { freePort } from '../support/free-port.js';
import { aFolder, Program } from '../support/processes.js';
import { hasPgBouncer } from '../support/pgbouncer.js';
import { hasReplication, PostgresServer } from '../support/streaming.js';

// Runs the scripts of the services of compose.yaml on a real PostgreSQL, because tests cannot use Docker.

const [BINARIES = ''] = globSync('/usr/lib/postgresql/*/bin/pg_basebackup').map(dirname).toSorted().toReversed();
const PATH = `${BINARIES}:${process.env['PATH']}`;
/** PostgreSQL refuses to run as root. */
const AS_NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env'] : ['env'];

function aFolderForAll(): string {
  const folder = aFolder();
  chmodSync(folder, 0o777);
  return folder;
}

const script = (name: string, args: string[], env: Record<string, string>) =>
  new Program(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), 'sh', join('deploy/compose', name), ...args], {
    env: { ...env, PATH },
  });

/** Returns the rows of the table there, or undefined while the database cannot be queried. */
async function idsAt(connectionString: string): Promise<{ id: number }[] | undefined> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<{ id: number }>('select id from test_kept order by id')).rows;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

(hasReplication() ? describe : describe.skip)('on a separate PostgreSQL server', () => {
  let primary: PostgresServer;
  let port: string;

  beforeAll(async () => {
    primary = await PostgresServer.primary();
    port = new URL(primary.url).port;
    await primary.query('create table test_kept (id int)');
    await primary.query('insert into test_kept values (7)');
    await primary.query('create role aerie superuser login');
  });

  it('backup.sh dumps the database, keeps seven dumps, and exits on SIGTERM', async () => {
    const folder = aFolderForAll();
    for (let day = 1; day <= 8; day++) {
      const old = join(folder, `aerie-2020010${day}T000000Z.dump`);
      writeFileSync(old, '');
      utimesSync(old, new Date(2020, 0, day), new Date(2020, 0, day));
    }
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666);
    const env = { PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'postgres', PGDATABASE: 'postgres' };
    const backup = script('backup.sh', [folder], env);
    const file = await backup.says(/Written: (\S+)/);
    const listed = spawnSync('pg_restore', ['--list', file], { encoding: 'utf8', env: { PATH } });
    expect(listed.stdout).toContain('TABLE DATA public test_kept');
    await eventually(() => Promise.resolve(readdirSync(folder).length === 7 || undefined));
    expect(readdirSync(folder)).not.toContain('aerie-20200102T000000Z.dump');
    expect(readdirSync(folder)).toContain('aerie-20200103T000000Z.dump');
    backup.signal('SIGTERM');
    expect(await backup.ended).toBe(0);
    const restarted = script('backup.sh', [folder], env); // many restarts must not replace older dumps
    expect(await restarted.says(/^The next backup is due a day after (\S+)/)).toBe(file);
    expect(restarted.output).not.toContain('Written');
    restarted.signal('SIGTERM');
    expect(await restarted.ended).toBe(0);
  });

  it('backup.sh reports a failed backup and leaves no file behind', async () => {
    const folder = aFolderForAll();
    const env = { PGHOST: '127.0.0.1', PGPORT: '1', PGUSER: 'postgres', PGDATABASE: 'postgres' };
    const backup = script('backup.sh', [folder], env);
    await backup.says(/No backup was written/);
    expect(readdirSync(folder)).toEqual([]);
    backup.signal('SIGTERM');
    expect(await backup.ended).toBe(0);
  });

  (hasPgBouncer() ? it : it.skip)('pgbouncer.ini connects only with the correct password', async () => {
    const folder = aFolderForAll();
    const own = String(await freePort());
    const users = join(folder, 'users.txt');
    writeFileSync(users, '"aerie" "hush"');
    const ini = readFileSync('deploy/compose/pgbouncer.ini', 'utf8')
      .replace('host=postgres port=5432 dbname=aerie', `host=127.0.0.1 port=${port} dbname=postgres`)
      .replace('listen_addr = 0.0.0.0\nlisten_port = 6432', `listen_addr = 127.0.0.1\nlisten_port = ${own}`)
      .replace('/tmp/users.txt', users);
    expect(ini).not.toMatch(/postgres port=5432|6432|\/tmp\/users/);
    writeFileSync(join(folder, 'pgbouncer.ini'), ini);
    const pooler = new Program(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), 'pgbouncer', join(folder, 'pgbouncer.ini')], {
      env: { PATH },
    });
    const kept = (password: string) => idsAt(`postgres://aerie:${password}@127.0.0.1:${own}/aerie`);
    expect(await eventually(() => kept('hush'))).toEqual([{ id: 7 }]);
    expect(await kept('wrong')).toBeUndefined();
    pooler.signal('SIGTERM');
    await pooler.ended;
  });

  it('replica.sh copies the primary at the first start, and follows it after a restart', async () => {
    const PGDATA = join(aFolderForAll(), '18/docker');
    const own = String(await freePort());
    const env = { PGDATA, PGPORT: own, PGPASSWORD: '', PRIMARY: `host=127.0.0.1 port=${port} dbname=postgres` };
    const connectionString = `postgres://postgres@127.0.0.1:${own}/postgres`;
    const asked = () => idsAt(connectionString);
    const first = script('replica.sh', ['-c', 'unix_socket_directories=', '-c', 'max_connections=200'], env);
    expect(await eventually(asked)).toEqual([{ id: 7 }]);
    first.signal('SIGINT');
    await first.ended;

    await primary.query('insert into test_kept values (8)');
    const second = script('replica.sh', ['-c', 'unix_socket_directories=', '-c', 'max_connections=200'], env);
    await eventually(async () => ((await asked())?.length === 2 ? true : undefined));
    second.signal('SIGINT');
    await second.ended;
  });
});
