/** @jest-environment node */
import { readConfig } from '../../src/config/config.js';
import { withMigrationLock } from '../../src/database-setup/migrate.js';
import { OperatorError } from '../../src/config/operator-error.js';
import { nameOf, ownDatabase, setAll, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command } from '../support/processes.js';

/** Runs the first step of every start and command. */
const beginning = ({ url }: OwnDatabase) =>
  withMigrationLock(readConfig({ NODE_ENV: 'test', DATABASE_URL: url, JWT_SECRET: 'x'.repeat(40) }), async () => {});

/** A change to the database, and the sentence with which it is refused afterwards. */
const REFUSED: [
  name: string,
  change: (database: OwnDatabase) => Promise<unknown>,
  sentence: (name: string) => string,
][] = [
  [
    'that is read-only',
    (database) => setAll(database, { default_transaction_read_only: 'on' }),
    (name) =>
      `The database ${name} is read-only, because default_transaction_read_only is on: reset it (alter database "${name}" reset default_transaction_read_only; alter role … reset default_transaction_read_only)`,
  ],
  [
    'with disabled triggers',
    (database) => setAll(database, { session_replication_role: 'replica' }),
    (name) =>
      `The database ${name} runs no triggers, because session_replication_role is replica: reset it (alter database "${name}" reset session_replication_role; alter role … reset session_replication_role)`,
  ],
  [
    'on a server version that is too old',
    async (database) => {
      await database.query('create schema old');
      await database.query(`create function old.current_setting(name text) returns text language sql as $$
        select case name when 'server_version_num' then '130021' when 'server_version' then '13.21'
          else pg_catalog.current_setting(name) end $$`);
      await database.query(`alter database "${nameOf(database)}" set search_path = public, old, pg_catalog`);
    },
    (name) => `The database ${name} is on PostgreSQL 13.21, which is too old: Aerie needs 14 or later`,
  ],
  [
    'whose search_path contains no existing schema',
    (database) => setAll(database, { search_path: 'nowhere' }),
    (name) =>
      `The database ${name} has none of the schemas in its search_path (nowhere): create one, or reset it (alter database "${name}" reset search_path; alter role … reset search_path)`,
  ],
  [
    'whose search_path selects another schema',
    async (database) => {
      await database.query('create schema other');
      await setAll(database, { search_path: 'other' });
    },
    (name) =>
      `Aerie's tables are in the schema public of the database ${name}, but its search_path (other) selects other: reset it (alter database "${name}" reset search_path; alter role … reset search_path)`,
  ],
];

it.each(REFUSED)('a database %s is refused with an error that contains its name', async (_name, change, sentence) => {
  const database = await ownDatabase();
  await change(database);
  await expect(beginning(database)).rejects.toEqual(new OperatorError(sentence(nameOf(database))));
});

const inEncoding = (encoding: string) =>
  ownDatabase({ empty: true, as: `template template0 encoding '${encoding}' locale_provider libc locale 'C'` });
const encodingSentence = (database: OwnDatabase, encoding: string) =>
  `The database ${nameOf(database)} has the encoding ${encoding}, which cannot store every character: use one with the encoding UTF8 (create database … encoding 'UTF8' template template0)`;

it.each(['LATIN1', 'SQL_ASCII', 'LATIN9', 'WIN1252', 'EUC_JP', 'KOI8R'])(
  'a database with the encoding %s is refused',
  async (encoding) => {
    const database = await inEncoding(encoding);
    await expect(beginning(database)).rejects.toEqual(new OperatorError(encodingSentence(database, encoding)));
  },
);

it('a refusal is the only line that the server and a command print', async () => {
  const database = await inEncoding('SQL_ASCII');
  const env = { DATABASE_URL: database.url, DATA_DIR: aFolder() };
  const app = aerie(env);
  const refused = [1, `${encodingSentence(database, 'SQL_ASCII')}\n`];
  expect([await app.ended, app.output]).toEqual(refused);
  const { code, output } = await command('migrate', [], { cwd: env.DATA_DIR, env });
  expect([code, output]).toEqual(refused);
});
