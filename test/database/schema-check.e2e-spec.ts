import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Item } from '../../src/items/item.entity.js';
import { SentMail } from '../../src/mail/sent-mail.entity.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Id } from '../../src/kernel/database/columns.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { undeclaredSearchesIn } from '../../src/database-setup/undeclared-searches.js';
import { checkSchema, foreignKeyFaults } from '../../src/database-setup/schema-check.js';
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command } from '../support/processes.js';

const GENERATE = 'run "npm run migration:generate -- NAME"';
const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET: 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw',
  DATABASE_POOL_OVERFLOW: '0',
};

const start = ({ url }: OwnDatabase, env: Record<string, string> = {}) =>
  aerie({ DATABASE_URL: url, DATA_DIR: aFolder(), ...env });

/** Starts the application, which must fail. Returns its output as lines. */
async function refusal(database: OwnDatabase, env: Record<string, string> = {}): Promise<string[]> {
  const app = start(database, env);
  expect(await app.ended).toBe(1);
  return app.output.trimEnd().split('\n');
}

/** A change to the schema, and the error that reports it. */
const FATAL: Record<string, string> = {
  'drop trigger posts_version on posts': `src/posts/post.entity.ts: posts has no version trigger: ${GENERATE} to generate it`,
  'alter table users disable trigger users_version': `src/users/user.entity.ts: users has no version trigger: ${GENERATE} to generate it`,
  'create or replace trigger items_version before update on items for each row execute function count_version()': `src/items/item.entity.ts: items has no version trigger: ${GENERATE} to generate it`,
  'alter table posts drop column body': `src/posts/post.entity.ts: the table posts has no column body: ${GENERATE}`,
  'drop table sent_mails': `src/mail/sent-mail.entity.ts: there is no table sent_mails: ${GENERATE}`,
};

describe('the start fails with a one-line error after', () => {
  it.each(Object.entries(FATAL))('%s', async (change, sentence) => {
    const database = await ownDatabase();
    await database.query(change);
    expect(await refusal(database)).toEqual([sentence]);
    expect(await refusal(database, PRODUCTION)).toEqual([sentence]);
  });
});

describe('a search without an index', () => {
  const sentence = `src/items/item.entity.ts: items.name is searched but has no trigram index: ${GENERATE} to generate it`;
  let database: OwnDatabase;

  beforeAll(async () => {
    database = await ownDatabase();
    await database.query('drop index items_name_search_idx');
  });

  it('prevents the start in development', async () => {
    expect(await refusal(database)).toEqual([sentence]);
  });

  it('is a warning in production, because it is only slow', async () => {
    const app = start(database, PRODUCTION);
    await app.address();
    expect(app.output).toContain(`WARNING: ${sentence}\n`);
  });

  it('prevents the start even if the column has another kind of index', async () => {
    await database.query(
      'create index items_lower_idx on items (lower(name)); create index items_name_idx on items (name)',
    );
    expect(await refusal(database)).toEqual([sentence]);
  });

  it('is not reported if the column has another text type, whose index contains a cast', async () => {
    const other = await ownDatabase();
    await other.query('alter table items alter column name type varchar(200)');
    const app = start(other, PRODUCTION);
    await app.address();
    expect(app.output).not.toContain('has no trigram index');
  });
});

/** A change to the schema, and the file that the report names. */
const CHANGED: Record<string, string> = {
  'alter table posts alter column created_at type timestamptz(6)': 'src/posts/post.entity.ts',
  'alter table items alter column name drop not null': 'src/items/item.entity.ts',
  'alter table items alter column price_cents set default 7': 'src/items/item.entity.ts',
  'drop index orders_user_id_id_idx; create index orders_other_idx on orders (user_id)': 'src/orders/order.entity.ts',
  'alter table users add constraint users_name_key unique (name)': 'src/users/user.entity.ts',
};

describe('any other difference from the entities', () => {
  it('is one warning per entity in development, with the remedy', async () => {
    const database = await ownDatabase();
    for (const change of Object.keys(CHANGED)) await database.query(change);
    const app = start(database);
    const files = new Set(Object.values(CHANGED));
    const warnings = () => app.output.split('\n').filter((line) => line.startsWith('WARNING: src/'));
    await eventually(() => Promise.resolve(warnings().length >= files.size || undefined)); // after the address
    const told = warnings();
    expect(new Set(told.map((line) => line.split(': ')[1]))).toEqual(files);
    expect(told).toHaveLength(files.size);
    for (const line of told) expect(line).toMatch(/the database does not match the entities \(.*\): run "npm run mig/);
  });
});

/** Returns the SQL statements in a migration's source. */
const statements = (text: string) =>
  [...text.matchAll(/query\((".*")\)/g)].map(([, json]) => JSON.parse(json!) as string);

describe('migration:generate', () => {
  it('creates and reverts triggers and indexes that TypeORM does not support', async () => {
    const database = await ownDatabase();
    const folder = aFolder();
    mkdirSync(join(folder, 'migrations'));
    await database.query('drop trigger posts_version on posts; drop index users_email_search_idx');
    const env = { DATABASE_URL: database.url, DATA_DIR: folder };
    expect((await command('migration generate', ['mend'], { cwd: folder, env })).code).toBe(0);
    const [file = ''] = readdirSync(join(folder, 'migrations'));
    const [up, down] = readFileSync(join(folder, 'migrations', file), 'utf8').split('async down');
    for (const statement of statements(up!)) await database.query(statement);
    await start(database).address();
    for (const statement of statements(down!)) await database.query(statement);
    expect(await refusal(database)).toHaveLength(2);
  });
});

const connect = (...entities: (new () => object)[]) =>
  new AerieDataSource({
    type: 'postgres',
    url: databaseUrl,
    driver: { Pool },
    entities,
    installExtensions: false,
  }).initialize();

/** Returns the source of a service that searches these columns. */
const service = (columns: string) =>
  `import { Item } from '../items/item.entity.js';\nthis.items.rows.search([${columns}], text);`;

describe('the schema checks', () => {
  @Entity('test_parents')
  class Parent {
    @Id()
    id!: number;
  }

  @Entity('test_children')
  @Index('test_children_age_parent_id_idx', ['age', 'parent_id'])
  @Index('test_children_young_idx', ['parent_id'], { where: 'age < 9' })
  class Child {
    @Id()
    id!: number;

    @Column('integer')
    age!: number;

    @Column('integer')
    parent_id!: number;

    @ManyToOne(() => Parent)
    @JoinColumn({ name: 'parent_id' })
    parent?: Parent;
  }

  @Entity('test_friends')
  @Unique('friends_other_id_key', ['other_id'])
  class Friend {
    @PrimaryColumn('integer')
    one_id!: number;

    @ManyToOne(() => Parent)
    @JoinColumn({ name: 'one_id' })
    one?: Parent;

    @PrimaryColumn('integer')
    other_id!: number;

    @ManyToOne(() => Parent)
    @JoinColumn({ name: 'other_id' })
    other?: Parent;
  }

  it('report a foreign key without an index and the remedy, unless another key starts with its column', async () => {
    const source = await connect(Parent, Child, Friend);
    expect(foreignKeyFaults(source).map(({ problem: what }) => what)).toEqual([
      `no index starts with test_children.parent_id, so each deletion in test_parents scans test_children: declare @Index('test_children_parent_id_idx') on it, then ${GENERATE}`,
    ]);
    await source.destroy();
  });

  it('report all problems at once, and a missing table only once', async () => {
    const source = await connect(Parent, Child, Item);
    const check = checkSchema(source, { production: true });
    await expect(check).rejects.toThrow(
      [
        `Parent: there is no table test_parents: ${GENERATE}`,
        `Child: there is no table test_children: ${GENERATE}`,
        `Child: no index starts with test_children.parent_id, so each deletion in test_parents scans test_children: declare @Index('test_children_parent_id_idx') on it, then ${GENERATE}`,
      ].join('\n'),
    );
    await source.destroy();
  });

  it('run a single statement, whatever the number of entities', async () => {
    const source = await connect(Item, SentMail);
    const statements = import.meta.jest.spyOn(source, 'query');
    await checkSchema(source, { production: false });
    expect(statements).toHaveBeenCalledTimes(1);
    statements.mockRestore();
    await source.destroy();
  });

  it('find a search of an undeclared column in the source text of a service', async () => {
    const source = await connect(Item, Parent);
    const found = (columns: string) =>
      undeclaredSearchesIn(service(columns), source.entityMetadatas).map(({ entity, property }) => [
        entity.name,
        property,
      ]);
    expect(found("'name'")).toEqual([]);
    expect(found("'name', 'description'")).toEqual([['Item', 'description']]);
    expect(found("'unknown'")).toEqual([]);
    await source.destroy();
  });

  it('refuse a search of an undeclared column and explain how to declare it', async () => {
    const source = await connect(Item);
    expect(() => source.getRepository(Item).rows.search(['description'], 'lamp')).toThrow(
      `items.description is searched without an index: declare @Searched('items_description_search_idx') on description of Item, then run "npm run migration:generate -- NAME"`,
    );
    await source.destroy();
  });
});
