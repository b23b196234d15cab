import { setTimeout as sleep } from 'node:timers/promises';
import type { Response, Test } from 'supertest';
import { eventually } from '../support/factories.js';
import { Actor, anon } from '../support/world.js';

/** A fault: how it begins, and how it ends. */
export interface Fault {
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
}

/** What clients saw of a fault. */
export interface Outcome {
  /** The answers to requests that were sent during the fault. */
  readonly answers: readonly Response[];
  /** The time until the last of them was answered. */
  readonly secondsToAnswers: number;
  /** The time from the end of the fault to the first success. */
  readonly secondsToRecover: number;
  /** Failures among a hundred requests after that. */
  readonly failedAfterwards: number;
  /** The statuses of the liveness check during the fault. */
  readonly liveness: ReadonlySet<number>;
}

const CONNECTIONS = 10;
const LOOK_MS = 50;

/** Sends requests before, during and after a fault; `request` must succeed without it. */
export async function ordeal(url: string, fault: Fault, request: () => Test, count = CONNECTIONS): Promise<Outcome> {
  // on a busy machine, writers of one row may wait too long for each other
  await eventually(async () => {
    const ready = await Promise.all(Array.from({ length: CONNECTIONS }, () => request()));
    return ready.every(({ status }) => status < 300) ? true : undefined;
  });
  await fault.begin();
  const pulse = takePulse(anon.at(url));
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: count }, () => request()));
  const secondsToAnswers = since(began);
  const liveness = await pulse.stop();
  await fault.end();
  const secondsToRecover = await recovery(request);
  let failedAfterwards = 0;
  for (let round = 0; round < 10; round++) {
    const after = await Promise.all(Array.from({ length: CONNECTIONS }, () => request()));
    failedAfterwards += after.filter(({ status }) => status >= 300).length;
  }
  return { answers, secondsToAnswers, secondsToRecover, failedAfterwards, liveness };
}

/** Polls the liveness check until it is stopped. */
function takePulse(somebody: Actor): { stop: () => Promise<ReadonlySet<number>> } {
  const seen = new Set<number>();
  const over = new AbortController();
  const beats = (async () => {
    while (!over.signal.aborted) {
      seen.add((await somebody.get('/health/live').timeout(2000)).status);
      await sleep(LOOK_MS);
    }
  })();
  const stop = async () => {
    over.abort();
    await beats;
    return seen;
  };
  return { stop };
}

async function recovery(request: () => Test): Promise<number> {
  const began = performance.now();
  while ((await request()).status >= 300) {
    if (since(began) > 20) throw new Error('It did not recover');
    await sleep(LOOK_MS);
  }
  return since(began);
}

function since(began: number): number {
  return (performance.now() - began) / 1000;
}

/** Expects 503s with a `Retry-After` within the time limit, a successful liveness check, and a fast recovery. */
export function expectUnharmed(outcome: Outcome): void {
  const { answers, secondsToAnswers, secondsToRecover, failedAfterwards, liveness } = outcome;
  const refusals = answers.filter(({ status }) => status === 503);
  expect(refusals.filter(({ headers }) => !(Number(headers['retry-after']) > 0))).toEqual([]);
  expect(secondsToAnswers).toBeLessThan(7.5); // 5 on an idle machine; 8 is the deadline of the handler
  expect(secondsToRecover).toBeLessThan(12); // 3 on an idle machine
  expect([failedAfterwards, [...liveness]]).toEqual([0, [200]]);
}

const rows: string[] = [];

/** Stores the figures of one fault for the table. */
export function note(fault: string, { answers, secondsToAnswers, secondsToRecover, failedAfterwards }: Outcome): void {
  const statuses = Object.entries(Object.groupBy(answers, ({ status }) => String(status)));
  const seen = statuses.map(([status, of]) => `${of!.length} × ${status}`).join(', ');
  const figures = [
    `${secondsToAnswers.toFixed(1)} s`,
    `${secondsToRecover.toFixed(1)} s`,
    `${failedAfterwards} of 100`,
  ];
  rows.push(`| ${[fault, seen, ...figures].join(' | ')} |`);
}

afterAll(() => {
  const head = '| Fault | Answers | until the last | back after its end | failed then |\n|---|---|---|---|---|';
  process.stdout.write(`${head}\n${rows.join('\n')}\n`);
});
