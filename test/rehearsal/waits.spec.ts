import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Overheads {
  readonly Overhead: new () => { readonly ms: number; during<T>(work: () => Promise<T>): Promise<T> };
}

interface Waits {
  readonly WaitRecords: new () => {
    begin(name: string, way: string): void;
    add(wait: { ms: number; query: string; overheadMs: number }, observer: object): void;
    refuse(query: string, observer: object): void;
    end(): void;
    all(): { hits: object[] }[];
  };
}

const script = <T>(name: string) => import(join(process.cwd(), 'scripts/rehearse', name)) as Promise<T>;
const { Overhead } = await script<Overheads>('overhead.mjs');
const { WaitRecords } = await script<Waits>('waits.mjs');

it('counts the time of work that is still running, and no other time', async () => {
  const overhead = new Overhead();
  const during = await overhead.during(async () => {
    await sleep(5);
    return overhead.ms;
  });
  expect(during).toBeGreaterThan(0);
  const total = overhead.ms;
  await sleep(5);
  expect([overhead.ms, total >= during]).toEqual([total, true]);
});

it.each([
  ['of a migration', 0, 0, 1],
  ['of an observed transaction', 0, 150, 0],
  ['of an observed transaction that has ended since', 150, 0, 0],
])('records a long wait %s', (_about, overheadMs, now, count) => {
  const records = new WaitRecords();
  records.begin('AddColumn', 'up');
  records.add({ ms: 300, query: 'select', overheadMs }, { overheadMs: now, longestSince: () => 'alter' });
  records.end();
  expect(records.all()[0]!.hits).toHaveLength(count);
});

it('counts one hit for each run, also of requests that were refused because of a lock', () => {
  const records = new WaitRecords();
  const observer = { overheadMs: 0, statement: 'alter', longestSince: () => 'alter' };
  for (const isLong of [true, false]) {
    records.begin('AddColumn', 'up');
    if (isLong) records.add({ ms: 300, query: 'select', overheadMs: 0 }, observer);
    records.end();
    records.refuse('GET /users/N', observer);
  }
  expect(records.all()[0]!.hits).toHaveLength(2);
});
