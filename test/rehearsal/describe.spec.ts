import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A build with an entity for posts. The database has more columns and tables. */
const SOURCE = `
const column = (databaseName) => ({ databaseName, isVersion: false, isUpdateDate: false });
const rows = [
  { name: 'posts', columns: ['id', 'title', 'search', 'former'], key: ['id'] },
  { name: 'visits', columns: ['at'], key: null },
  { name: 'older', columns: ['id'], key: ['id'] },
];
export default {
  initialize: async () => {},
  destroy: async () => {},
  query: async () => rows,
  migrations: [],
  entityMetadatas: [{ tableName: 'posts', columns: [column('id'), column('title')], primaryColumns: [column('id')] }],
};
`;
const REPOSITORY = 'query(`select id from posts where search @@ $1`); query(`insert into visits values (now())`);';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aerie-describe-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'ormconfig.js'), SOURCE);
  writeFileSync(join(folder, 'src/posts.js'), REPOSITORY);
});

afterEach(() => rmSync(folder, { recursive: true }));

it('counts columns and tables as used that only the SQL of a build names', () => {
  const printed = execFileSync(process.execPath, ['scripts/rehearse/describe.mjs', folder], { encoding: 'utf8' });
  const { tables, used } = JSON.parse(printed) as Record<'tables' | 'used', { name: string; columns: unknown[] }[]>;
  expect(used).toEqual([
    { name: 'posts', columns: ['id', 'title', 'search'] },
    { name: 'visits', columns: ['at'] },
  ]);
  expect(tables.map(({ name, columns }) => [name, columns.length])).toEqual([['posts', 2]]);
});
