import cluster, { type Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import * as prometheus from 'prom-client';
import { ClusterMetrics } from './cluster-metrics.js';
import { METRICS, SHARED_GAUGES } from './worker-metrics.js';

const { jest } = import.meta;

interface Request {
  readonly request: number;
  readonly topic: string;
}

/** A worker that replies to the primary's requests, unless it is frozen. */
class FakeWorker extends EventEmitter {
  readonly asked: string[] = [];
  isFrozen = false;

  constructor(
    readonly id: number,
    private readonly requests: number,
  ) {
    super();
  }

  isConnected(): boolean {
    return true;
  }

  send({ request, topic }: Request): void {
    this.asked.push(topic);
    if (!this.isFrozen) cluster.emit('message', this.asWorker(), { reply: request, content: this.contentOf(topic) });
  }

  asWorker(): Worker {
    return this as unknown as Worker;
  }

  private contentOf(topic: string): unknown {
    if (topic === SHARED_GAUGES) return [valueOf('aerie_jobs', 'gauge', 7)];
    return {
      counters: [valueOf('requests_total', 'counter', this.requests)],
      gauges: [valueOf('connections', 'gauge', 10)],
    };
  }
}

function valueOf(name: string, type: string, value: number): object {
  return { name, help: name, type, aggregator: 'sum', values: [{ value, labels: {} }] };
}

const [first, second] = [new FakeWorker(1, 3), new FakeWorker(2, 4)];
let metrics: ClusterMetrics;
let began: number;

/** Starts a scrape. `text` is set when it ends. */
function scrape(): { text?: string } {
  const answer: { text?: string } = {};
  void metrics.text().then((text) => (answer.text = text));
  return answer;
}

const lines = ({ text = '' }: { text?: string }) => text.split('\n').filter((line) => /^[a-z]/.test(line));
const TOTALS = ['aerie_worker_deaths_total 0', 'aerie_workers 2', 'requests_total 7'];

beforeAll(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  Object.assign(cluster, { workers: { 1: first.asWorker(), 2: second.asWorker() } });
  metrics = new ClusterMetrics(prometheus);
  began = Date.now();
});

afterAll(() => {
  Object.assign(cluster, { workers: {} });
  jest.useRealTimers();
});

it('workers that still start are not asked, so that a scrape does not wait for them', async () => {
  first.isFrozen = true;
  cluster.emit('listening', second.asWorker());
  const answer = scrape();
  await jest.advanceTimersByTimeAsync(0);
  expect(lines(answer)).toContain('requests_total 4');
  expect(first.asked).toEqual([]);
  first.isFrozen = false;
  cluster.emit('listening', first.asWorker());
  expect(lines({ text: await metrics.text() }).sort()).toEqual(['aerie_jobs 7', ...TOTALS, 'connections 20'].sort());
});

it('ten overlapping scrapes wait for a frozen worker once, and do without its gauges', async () => {
  first.isFrozen = true;
  first.asked.length = 0;
  const scrapes: { text?: string }[] = [];
  for (let i = 0; i < 10; i++) {
    scrapes.push(scrape());
    await jest.advanceTimersByTimeAsync(100);
  }
  await jest.advanceTimersByTimeAsync(1000);
  for (const one of scrapes) {
    expect(lines(one).sort()).toEqual(['aerie_jobs 7', ...TOTALS, 'connections 10'].sort());
  }
  expect(first.asked).toEqual([METRICS]);
});

it('counters are polled every five seconds, except during a scrape', async () => {
  await jest.advanceTimersByTimeAsync(5000 - ((Date.now() - began) % 5000));
  first.asked.length = 0;
  await jest.advanceTimersByTimeAsync(10_000);
  expect(first.asked).toEqual([METRICS, METRICS]);
  await jest.advanceTimersByTimeAsync(4000);
  scrape();
  await jest.advanceTimersByTimeAsync(3000);
  expect(first.asked).toEqual([METRICS, METRICS, METRICS]);
});
