import { recipesWith } from '../support/recipes.js';
import { query } from '../support/database.js';
import { anItem } from '../support/factories.js';
import { aUser } from '../support/world.js';

const nest = recipesWith([
  'file-upload',
  'file-download',
  'exception-filter',
  'validation-rule',
  'middleware',
  'interceptor',
]);

const upload = async (bytes: number) => {
  const ann = await aUser();
  return ann.send('post', '/pictures').attach('picture', Buffer.alloc(bytes, 'x'), 'cat.png');
};
const scan = (barcode: unknown) => nest.post('/scans').send({ barcode });

describe('file-upload', () => {
  it('accepts one file', async () => {
    const sha256 = '5dde896887f6754c9b15bfe3a441ae4806df2fde94001311e08bf110622e0bbe'; // of two times "x"
    expect(await upload(2)).toMatchObject({ status: 201, body: { name: 'cat.png', bytes: 2, sha256 } });
  });

  it('rejects a file that is too large, a missing file and anonymous callers', async () => {
    expect((await upload(1_000_001)).status).toBe(413);
    expect((await (await aUser()).send('post', '/pictures').field('a', 'b')).status).toBe(400);
    expect((await nest.post('/pictures').attach('picture', Buffer.from('x'), 'cat.png')).status).toBe(401);
  });
});

describe('file-download', () => {
  it('sends all rows as a CSV file, to admins only', async () => {
    const [{ id }, admin] = [await anItem({ name: 'A "small" lamp', stock: 3 }), await aUser({ role: 'admin' })];
    await query(`insert into items (name, price_cents, stock) select 'Item', 1, 1 from generate_series(1, 1200)`);
    const { headers, text } = await admin.get('/stock.csv');
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="stock.csv"',
    });
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual(['id,name,stock', `${id},"A ""small"" lamp",3`]);
    expect(lines).toHaveLength(1203); // the header, the rows, and what is behind the last line
    expect((await (await aUser()).get('/stock.csv')).status).toBe(403);
  });

  it('makes formulas in names harmless', async () => {
    const [{ id }, admin] = [await anItem({ name: '=1+1', stock: 3 }), await aUser({ role: 'admin' })];
    expect((await admin.get('/stock.csv')).text).toContain(`\n${id},"'=1+1",3\n`);
  });
});

describe('exception-filter', () => {
  it('responds to errors of its class', async () => {
    const answer = await (await aUser()).post('/payments');
    expect([answer.status, answer.body]).toEqual([402, { detail: 'Your card was declined', reason: 'expired' }]);
    expect(answer.headers['x-process-time']).toBeDefined();
  });
});

describe('validation-rule', () => {
  it('accepts valid values and describes the error of other values', async () => {
    expect(await scan('4006381333931')).toMatchObject({ status: 201, body: { barcode: '4006381333931' } });
    for (const wrong of ['4006381333932', '400638133393', 7]) expect((await scan(wrong)).status).toBe(422);
    expect((await scan('4006381333932')).body).toMatchObject({
      detail: [{ loc: ['body', 'barcode'], msg: expect.stringContaining('should be a barcode (EAN-13)') }],
    });
  });
});

describe('middleware', () => {
  it('runs only for its paths', async () => {
    const { headers } = await nest.get('/v1/prices');
    expect(headers).toMatchObject({ deprecation: '@1767225600', sunset: 'Thu, 31 Dec 2026 23:59:59 GMT' });
    expect((await nest.get('/items')).headers['sunset']).toBeUndefined();
  });
});

describe('interceptor', () => {
  it('changes the results of its handlers', async () => {
    expect((await nest.get('/colours')).body).toEqual({ data: ['red', 'blue'], count: 2 });
  });
});
