import { join } from 'node:path';

interface Statement {
  readonly text: string;
}

interface Changed {
  readonly ChangedRows: new (
    found: (sentence: string) => void,
    sizes: Map<number, number>,
  ) => {
    begin(): void;
    judge(statement: Statement, open: object, after: object): void;
    end(statements: readonly Statement[]): void;
  };
}

const { ChangedRows } = (await import(join(process.cwd(), 'scripts/rehearse/changed-rows.mjs'))) as Changed;

/** Returns the findings about statements in transactions of their own. Each one changes a fifth of the orders. */
function findings(...texts: readonly string[]): string[] {
  const found: string[] = [];
  const changed = new ChangedRows((sentence) => found.push(sentence), new Map([[1, 1000]]));
  const statements = texts.map((text) => ({ text }));
  changed.begin();
  for (const statement of statements) {
    const open = { changed: new Map(), before: { tables: new Map() }, isWhole: false };
    changed.judge(statement, open, { tables: new Map([[1, { name: 'orders', changed: 200 }]]) });
  }
  changed.end(statements);
  return found;
}

const uuids = () => `'${crypto.randomUUID()}', '${crypto.randomUUID()}'`;

it.each([
  ['update orders set a = 1 where id in (select id from orders where a is null limit 1000)'],
  ['with batch as (select id from orders limit $1) update orders set a = 1 from batch where orders.id = batch.id'],
  [`update orders set a = '(' where id in (select id from orders limit 1000)`],
  ['insert into orders select * from older limit 1000 on conflict (id) do update set a = (excluded.a)'],
  ['update orders set a = 1 where id between 1 and 500', 'update orders set a = 1 where id between 501 and 1000'],
  [`update orders set a = 1 where id in (${uuids()})`, `update orders set a = 1 where id in (${uuids()})`],
  ['update orders set a = 1 where id in (1, 2, 3)', 'update orders set a = 1 where id in (4, 5)'],
])('accepts batches: %s', (...texts) => {
  expect(findings(...texts)).toEqual([]);
});

it.each([
  `update orders set a = 1 where status = 'sent'`,
  `update orders set a = (select id from items order by id limit 1) where status = 'sent'`,
  `update orders set a = array(select id from items limit 5) where status = 'sent'`,
  `update orders set a = (select b from c where d limit 5), e = 'limit' where status = 'sent'`,
  `update orders set a = 1 where status = (select status from orders limit 1)`,
])('reports what is not limited: %s', (text) => {
  expect(findings(text)).toHaveLength(1);
});
