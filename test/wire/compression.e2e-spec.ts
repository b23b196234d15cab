import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { query } from '../support/database.js';
import { aBigCustomer, nobodyExports } from '../support/big-export.js';
import { Download } from '../support/download.js';
import { anItem, eventually } from '../support/factories.js';
import { rawResponse } from '../support/raw-response.js';
import { world, type Actor } from '../support/world.js';

let user: Actor;
let admin: Actor;

beforeAll(async () => {
  ({ user, admin } = await world());
  for (let i = 0; i < 40; i++) await anItem({ name: `Lamp ${i}` });
});

const ask = (path: string, headers = {}, options = {}) => rawResponse(user, path, headers, options);

const DECODE = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync } as const;

const LONG = '/items?limit=40';

describe('a JSON response of 1024 bytes or more', () => {
  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['zstd, gzip;q=0.5', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['identity;q=0, *', 'br'],
    ['*, br;q=0', 'gzip'],
    ['*;q=0, deflate', 'deflate'],
    ['gzip;q=0.5, identity;q=0.1', 'gzip'],
  ] as const)('requested with Accept-Encoding %s is encoded with %s', async (accepted, coding) => {
    const [plain, packed] = [await ask(LONG), await ask(LONG, { 'Accept-Encoding': accepted })];
    expect(plain.bytes.length).toBeGreaterThan(1024);
    expect([packed.status, packed.headers['content-encoding']]).toEqual([200, coding.toLowerCase()]);
    expect(packed.headers['content-length']).toBeUndefined();
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    expect(DECODE[coding](packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packed.headers['content-type']).toBe('application/json');
  });

  it.each([
    '',
    'identity',
    'gzip;q=0',
    'identity, gzip;q=0.5',
    'zstd',
    'x-gzipped',
    'br;q=0, gzip;q=0, *;q=0',
    '*;q=0',
    'identity;q=0',
    'gzip;q=x',
    ',',
    ';q=1',
  ])('requested with Accept-Encoding %j is sent uncompressed, with a Content-Length', async (accepted) => {
    const { headers, bytes } = await ask(LONG, accepted === '' ? {} : { 'Accept-Encoding': accepted });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(bytes.length));
  });

  it('has Accept-Encoding in Vary, whatever the client accepts', async () => {
    for (const headers of [{}, { 'Accept-Encoding': 'gzip' }, { Origin: 'https://myapp.com' }] as Record<
      string,
      string
    >[]) {
      const response = await ask(LONG, headers);
      expect(response.headers['vary']).toBe('Origin, Accept-Encoding');
    }
    expect((await ask('/')).headers['vary']).toBe('Origin');
  });

  it('keeps all other headers when it is compressed', async () => {
    const [plain, packed] = [await ask(LONG), await ask(LONG, { 'Accept-Encoding': 'gzip' })];
    const [before, after] = [new Set(Object.keys(plain.headers)), new Set(Object.keys(packed.headers))];
    expect([...before].filter((name) => !after.has(name))).toEqual(['content-length']);
    expect([...after].filter((name) => !before.has(name)).toSorted()).toEqual([
      'content-encoding',
      'transfer-encoding',
    ]);
    expect(packed.headers['link']).toBe(plain.headers['link']);
  });

  it('is also compressed if it is an error', async () => {
    const headers = { 'Accept-Encoding': 'gzip', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ tags: Array.from({ length: 50 }, () => 1) });
    for (const accept of ['application/json', 'application/problem+json']) {
      const response = await ask('/profile', { ...headers, Accept: accept }, { method: 'PATCH', body });
      expect([response.status, response.headers['content-encoding'], response.headers['content-type']]).toEqual([
        422,
        'gzip',
        accept,
      ]);
      expect(gunzipSync(response.bytes).toString()).toContain('string_type');
    }
  });

  it('has no body for HEAD, and a Content-Length only if it is not compressed', async () => {
    const { headers, bytes } = await ask(LONG, { 'Accept-Encoding': 'gzip' }, { method: 'HEAD' });
    expect([bytes.length, headers['content-length'], headers['vary']]).toEqual([
      0,
      undefined,
      'Origin, Accept-Encoding',
    ]);
    const plain = await ask(LONG, {}, { method: 'HEAD' });
    expect(plain.headers['content-length']).toBe((await ask(LONG)).headers['content-length']);
  });

  it('is replayed for the same idempotency key, compressed or not', async () => {
    const bio = 'b'.repeat(1500);
    const headers = { 'Idempotency-Key': 'long', 'Content-Type': 'application/json' };
    const send = (more: object) =>
      ask('/profile', { ...headers, ...more }, { method: 'PATCH', body: JSON.stringify({ bio }) });
    const first = await send({ 'Accept-Encoding': 'gzip' });
    const again = await send({});
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(gunzipSync(first.bytes).equals(again.bytes)).toBe(true);
    const packed = await send({ 'Accept-Encoding': 'br' });
    expect(brotliDecompressSync(packed.bytes).equals(again.bytes)).toBe(true);
  });
});

it('a short JSON response is not compressed', async () => {
  const { headers, bytes } = await ask('/', { 'Accept-Encoding': 'gzip' });
  expect([headers['content-encoding'], headers['content-length']]).toEqual([undefined, String(bytes.length)]);
});

it('compression starts at 1024 bytes', async () => {
  const length = async (bio: string) => {
    await user.patch('/profile', { bio });
    const { headers, bytes } = await ask('/profile', { 'Accept-Encoding': 'gzip' });
    return headers['content-encoding'] === undefined ? bytes.length : gunzipSync(bytes).length;
  };
  const rest = 1024 - (await length('x')) + 1;
  expect(await length('x'.repeat(rest - 1))).toBe(1023);
  expect((await ask('/profile', { 'Accept-Encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
  expect(await length('x'.repeat(rest))).toBe(1024);
  expect((await ask('/profile', { 'Accept-Encoding': 'gzip' })).headers['content-encoding']).toBe('gzip');
});

describe('on-the-fly compression is not applied to', () => {
  it.each([
    ['/auth/token', (who: Actor) => `username=${encodeURIComponent(who.email)}&password=Password1`, 'form'],
    ['/auth/access-tokens', () => JSON.stringify({ name: 'n'.repeat(100), scope: 'read', expires_in_days: 1 }), 'json'],
    ['/auth/totp', () => JSON.stringify({ password: 'Password1' }), 'json'],
    ['/auth/token', () => `grant_type=refresh_token&refresh_token=${'x'.repeat(50)}&x=${'y'.repeat(2000)}`, 'form'],
  ])('responses of a route that returns secrets: POST %s', async (path, bodyOf, kind) => {
    const type = kind === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = { 'Accept-Encoding': 'gzip, br', 'Content-Type': type };
    const response = await ask(path, headers, { method: 'POST', body: bodyOf(user) });
    expect([response.headers['content-encoding'], response.headers['cache-control'], response.headers['vary']]).toEqual(
      [undefined, 'no-store', 'Origin'],
    );
  });

  it('errors of such a route, whatever their length', async () => {
    const body = JSON.stringify({ name: 1, scope: 's'.repeat(3000), expires_in_days: 'x' });
    const headers = { 'Accept-Encoding': 'gzip', 'Content-Type': 'application/json' };
    const response = await ask('/auth/access-tokens', headers, { method: 'POST', body });
    expect(response.bytes.length).toBeGreaterThan(1024);
    expect([response.status, response.headers['content-encoding']]).toEqual([422, undefined]);
  });

  it('exports, which are already gzipped or are streamed as they are produced', async () => {
    const customer = await aBigCustomer(4000);
    const packed = await rawResponse(customer, '/export', { 'Accept-Encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.bytes).toString()).toMatch(/^id,user_id/);
    const plain = await rawResponse(customer, '/export', { 'Accept-Encoding': 'br' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const accepted of ['gzip', 'br', 'identity']) {
      const headers = { 'Accept-Encoding': accepted, Accept: 'application/x-ndjson' };
      const download = await Download.start(customer, '/export', headers);
      expect((await download.first()).length).toBeGreaterThan(0); // the start arrives before the file is complete
      download.leave();
    }
    await nobodyExports(5000);
  });
});

describe('a client that disconnects', () => {
  it('causes no warning or error in the log and does not affect later requests', async () => {
    await query(`insert into items (name, description, price_cents, stock)
      select 'Big ' || i, (select string_agg(md5(random()::text), '') from generate_series(1, 150)), 1, 1
      from generate_series(1, 100) i`);
    const before = logs.length;
    for (let i = 0; i < 20; i++) {
      const headers = { 'Accept-Encoding': i % 2 === 0 ? 'gzip' : 'br' };
      const download = await Download.start(admin, '/items?limit=100&search=Big', headers);
      expect(download.answer.statusCode).toBe(200);
      download.leave();
    }
    await eventually(async () => {
      const lines = logs.slice(before).filter(({ msg }) => msg === 'request');
      return lines.length >= 20 ? true : undefined;
    });
    const warnings = logs.slice(before).filter(({ level, msg }) => Number(level) >= 40 && msg !== 'slow statement');
    expect(warnings).toEqual([]);
    expect((await ask(LONG, { 'Accept-Encoding': 'gzip' })).status).toBe(200);
  });
});
