import { parse } from 'csv-parse/sync';
import { gunzipSync } from 'node:zlib';
import { Download } from '../support/download.js';
import { anItem, anOrder, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { aUser, anon, type Actor } from '../support/world.js';

const BOM = '\ufeff';

/** Creates an account with one order for each item name. */
async function aCustomerOf(...names: string[]): Promise<Actor> {
  const customer = await aUser();
  for (const name of names) await anOrder({ user_id: customer.id, item_id: (await anItem({ name })).id });
  return customer;
}

const textOf = async (customer: Actor, path = '/export', headers: Record<string, string> = {}) =>
  (await Download.start(customer, path, headers)).text();

/**
 * Returns the cells that a spreadsheet shows with these separators. If the comma is not one, most fields do not begin
 * with their quote, so quotes have no meaning.
 */
function cellsOf(text: string, separators: string[]): string[] {
  if (separators.includes(',')) {
    const rows: string[][] = parse(text, { delimiter: separators, relax_quotes: true, relax_column_count: true });
    return rows.flat();
  }
  return text.split(/[\r\n]/).flatMap((line) => line.split(RegExp(`[${separators.join('')}]`)));
}

/** Whether the cell is a complete formula. With an unclosed quote it is a text. */
const isFormula = (cell: string) => /^[=+@-]/.test(cell) && cell.split('"').length % 2 === 1;

describe('a text in the CSV export', () => {
  it.each([
    ['x\t=1+1', '"x\t=1+1"'],
    ['x;=1+1', '"x;=1+1"'],
    ['a\tb', '"a\tb"'],
    ['a;b;c', '"a;b;c"'],
    ['\t=1', `"'\t=1"`],
    ['x\t=1+1\ty', `"x\t'=1+1\ty"`],
    ['x;=cmd|calc;=2;y', `"x;'=cmd|calc;'=2;y"`],
    ['x\n-1\n@a\n', `"x\n'-1\n'@a\n"`],
    ['x\r\n+1\r\ny', `"x\r\n'+1\r\ny"`],
    ['x\t＝1\ty', `"x\t'＝1\ty"`],
    ['=1;2', `"'=1;2"`],
    ['a;"b"', '"a;""b"""'],
    ['a;"=HYPERLINK(A1)&";b', `"a;'""=HYPERLINK(A1)&"";b"`],
    ['a\t"" =1&"', `"a\t'"""" =1&"""`],
    ['a;b,c', '"a;b,c"'],
    ['a|=1', 'a|=1'],
    ['a - b', 'a - b'],
    ['Lamp', 'Lamp'],
  ])('is quoted if it contains a separator, and no part of it is a formula: %j', async (name, field) => {
    expect(await textOf(await aCustomerOf(name))).toContain(`,${field},1,250,new,`);
  });

  it('results in no cell with a formula, no matter which separators are used', async () => {
    const names = ['x\t=1+1', 'x\t=1+1\ty', 'x;=1+1;y', 'x\n=1+1\ny', '=1\t=2\t', 'x;\t=1;', 'x\t@a\n-1\r+1\t'];
    const text = await textOf(await aCustomerOf(...names));
    for (const separators of [[','], [';'], ['\t'], [',', '\t'], [',', ';', '\t'], [';', '\t']]) {
      expect(cellsOf(text, separators).filter(isFormula)).toEqual([]);
    }
  });

  it('is unchanged for parsers that follow RFC 4180', async () => {
    const names = ['a\tb', 'a;b', 'x\t=1+1', 'say "a;b"', 'a,b;c', '5;', '\\.;'];
    const rows = parse<{ item: string }>(await textOf(await aCustomerOf(...names)), { columns: true });
    expect(rows.map(({ item }) => item)).toEqual(names);
  });
});

describe('a byte order mark', () => {
  it.each([
    ['/export', {}, false],
    ['/export?bom=false', {}, false],
    ['/export?bom=true', {}, true],
    ['/export?bom=1', {}, true],
    ['/export?bom=true', { 'Accept-Encoding': 'gzip' }, true],
    ['/export?bom=true', { Accept: 'application/x-ndjson' }, false],
  ])('is sent for %s with the headers %j: %s', async (path, headers, expected) => {
    const customer = await aCustomerOf('Größe');
    const download = await Download.start(customer, path, headers);
    const bytes = await download.bytes();
    const text = (download.answer.headers['content-encoding'] ? gunzipSync(bytes) : bytes).toString();
    expect([text.startsWith(BOM), text.lastIndexOf(BOM) <= 0, text.includes('Größe')]).toEqual([expected, true, true]);
  });

  it.each(['yes please', '', '2'])('cannot be requested with the invalid value %j', async (bom) => {
    const { status, body } = await (await aCustomerOf()).get(`/export?bom=${bom}`);
    expect([status, body.detail]).toMatchObject([422, [{ type: 'bool_parsing', loc: ['query', 'bom'] }]]);
  });

  it('requires authentication', async () => {
    expect((await anon.get('/export?bom=true')).status).toBe(401);
  });

  it.each([
    [{ bom: true }, true],
    [{ bom: true, gzip: true }, true],
    [{ bom: true, format: 'ndjson' }, false],
    [{}, false],
  ])('is written to an export file with the options %j: %s', async (given, expected) => {
    const customer = await aCustomerOf('Größe', 'a\tb');
    const { status, body } = await customer.post('/exports', given);
    expect(status).toBe(201);
    const file = await eventually(async () => {
      const { body: now } = await customer.get(`/exports/${body.id}`);
      return now.status === 'ready' ? (now as { rows_done: number; size_bytes: number }) : undefined;
    });
    const bytes = await (await Download.start(customer, `/exports/${body.id}/file`)).bytes();
    const text = ('gzip' in given ? gunzipSync(bytes) : bytes).toString();
    expect([file.rows_done, file.size_bytes, text.startsWith(BOM)]).toEqual([2, bytes.length, expected]);
    expect(await query('select bom from exports where id = $1', [body.id])).toEqual([{ bom: 'bom' in given }]);
  });
});

it('a CSV parser that supports byte order marks reads the first column name of an export without the mark', async () => {
  const text = await textOf(await aCustomerOf('Lamp'), '/export?bom=true');
  expect(Object.keys(parse<object>(text, { columns: true, bom: true })[0]!)[0]).toBe('id');
});
