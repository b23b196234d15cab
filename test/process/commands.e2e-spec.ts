/** @jest-environment node */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command } from '../support/processes.js';

const ann = { id: 7, email: 'ann@example.com', name: 'Ann', password: 'Password1' };
const ben = { ...ann, id: 8, email: 'ben@example.com' };
const lamp = { id: 3, name: 'Lamp', price_cents: 250, stock: 5 };
const post = { id: 4, user_id: 7, title: 'Hello', body: 'World' };
const order = { id: 5, user_id: 7, item_id: 3, quantity: 1, total_cents: 250 };

describe('the command', () => {
  const folder = aFolder();
  let database: OwnDatabase;

  beforeAll(async () => {
    database = await ownDatabase();
  });

  const run = (name: string, ...args: string[]) =>
    command(name, args, { cwd: folder, env: { DATABASE_URL: database.url, DATA_DIR: folder, LOG_LEVEL: 'warn' } });

  const seed = (content: unknown) => {
    writeFileSync(join(folder, 'seed.json'), typeof content === 'string' ? content : JSON.stringify(content));
    return run('seed', 'seed.json', '--yes');
  };

  describe('seed', () => {
    it('replaces all rows while the application runs, keeps the ids of the file, and continues with id 1001', async () => {
      const app = aerie({ DATA_DIR: folder, DATABASE_URL: database.url });
      const api = await app.address();
      const given = { users: [ann], items: [lamp], posts: [post], orders: [order] };
      for (const _ of [1, 2]) {
        expect(await seed(given)).toEqual({ code: 0, output: 'Loaded 1 users, 1 items, 1 posts, 1 orders\n' });
      }
      expect(await (await fetch(`${api}/items/3`)).json()).toMatchObject({ id: 3, name: 'Lamp', stock: 5 });
      const body = JSON.stringify({ ...ann, email: 'ben@example.com' });
      const answer = await fetch(`${api}/users`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      expect(await answer.json()).toMatchObject({ id: 1001 });
      app.signal('SIGTERM');
      expect(await app.ended).toBe(0);
    });

    it('reports the location of each error and changes nothing', async () => {
      const before = await database.query('select id from users order by id');
      const { code, output } = await seed({ users: [{ ...ann, email: 'ann@' }], items: [{ ...lamp, stock: -1 }] });
      expect(code).toBe(1);
      expect(output).toMatch(/^The file has 2 errors:\n {2}users\.0\.email: .+\n {2}items\.0\.stock: .+\n$/);
      expect(await database.query('select id from users order by id')).toEqual(before);
    });

    it('reports duplicate values and references to missing rows', async () => {
      const { code, output } = await seed({
        users: [ann, ann],
        items: [lamp],
        posts: [{ ...post, user_id: 8 }],
        orders: [order, { ...order, id: 6, user_id: null, item_id: 9 }],
      });
      expect(code).toBe(1);
      expect(output.split('\n')).toEqual([
        'The file has 4 errors:',
        '  users.1.id: 7 is already used by users.0',
        '  users.1.email: "ann@example.com" is already used by users.0',
        '  posts.0.user_id: users has no row with the id 8',
        '  orders.1.item_id: items has no row with the id 9',
        '',
      ]);
    });

    it('treats all spellings of an e-mail address as the same mailbox', async () => {
      const { code, output } = await seed({
        users: [
          { ...ann, email: 'jose\u0301@münchen.example' },
          { ...ben, email: 'JOSÉ@xn--mnchen-3ya.example' },
        ],
      });
      expect(code).toBe(1);
      expect(output).toContain('  users.1.email: "josé@münchen.example" is already used by users.0\n');
    });

    it.each([
      ['is not JSON', '{"users": [}', /^The file is not JSON in UTF-8: .+\n$/],
      ['is a list', [], /^The file has 1 error:\n {2}file: .+\n$/],
    ])('reports that the file %s', async (_, content, sentence) => {
      const { code, output } = await seed(content);
      expect(code).toBe(1);
      expect(output).toMatch(sentence);
    });

    it('reports that the file does not exist', async () => {
      const { code, output } = await run('seed', 'nowhere.json', '--yes');
      expect(code).toBe(1);
      expect(output).toMatch(/^The file nowhere\.json cannot be read: no such file or directory\n$/);
    });
  });

  it('seed refuses a common password in production', async () => {
    const before = await database.query('select id from users order by id');
    const env = {
      NODE_ENV: 'production',
      JWT_SECRET: randomBytes(32).toString('base64'),
      DATABASE_URL: database.url,
      DATA_DIR: folder,
    };
    writeFileSync(join(folder, 'seed.json'), JSON.stringify({ users: [ann, { ...ben, password: 'Green trains' }] }));
    expect(await command('seed', ['seed.json', '--yes', '--production'], { cwd: folder, env })).toEqual({
      code: 1,
      output: expect.stringMatching(/^The file has 1 error:\n {2}users\.0\.password: .+ too common\n$/),
    });
    expect(await database.query('select id from users order by id')).toEqual(before);
  });

  it('openapi writes the document to openapi.json', async () => {
    expect(await run('openapi')).toEqual({ code: 0, output: 'Written: openapi.json\n' });
    const document = JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8')) as object;
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), info: { title: 'Aerie' } });
  });

  it('openapi --server writes a separate document with an absolute server URL', async () => {
    const server = 'https://api.example.com/aerie';
    const { code, output } = await run('openapi', '--server', server);
    expect([code, output]).toEqual([0, expect.stringMatching(/^Written: .*openapi\.server\.json, for https:/)]);
    const document = JSON.parse(readFileSync(join(folder, 'openapi.server.json'), 'utf8')) as object;
    expect(document).toMatchObject({ servers: [{ url: server }], paths: { '/items': {} } });
  });

  it('migrate creates the schema in an empty database, without demo rows', async () => {
    const { url, query } = await ownDatabase({ empty: true });
    const env = { DATABASE_URL: url, DATA_DIR: folder, DEMO_DATA: 'true' };
    const { code, output } = await command('migrate', [], { cwd: folder, env });
    expect(code).toBe(0);
    expect(output).toMatch(
      /^Applying \d+ migration\(s\)…\n(Applied \w+\n)+The database is up to date: \d+ migration\(s\)\n$/,
    );
    expect(await query('select from users')).toEqual([]);
  });

  it('migrate does not wait for table locks if there is nothing to do', async () => {
    const free = await database.hold('users, pgboss.job');
    expect(await run('migrate')).toMatchObject({ code: 0 });
    await free();
  });

  describe('migration:generate', () => {
    it('writes a migration for what the entities define and the database lacks', async () => {
      const { url, query } = await ownDatabase();
      mkdirSync(join(folder, 'migrations'), { recursive: true });
      const env = { DATABASE_URL: url, DATA_DIR: folder };
      const generate = (name: string) => command('migration generate', [name], { cwd: folder, env });
      expect((await generate('nothing-new')).output).toBe('Entities and migrations match: nothing to generate\n');

      await query('alter table items drop column description');
      expect((await generate('add-description')).code).toBe(0);
      const [file = ''] = readdirSync(join(folder, 'migrations'));
      expect(file).toMatch(/^\d+-add-description\.ts$/);
      const source = readFileSync(join(folder, 'migrations', file), 'utf8');
      expect(source).toMatch(/class AddDescription\d+ implements MigrationInterface/);
      expect(source).toContain('ALTER TABLE \\"items\\" ADD \\"description\\" text');
    });
  });
});
