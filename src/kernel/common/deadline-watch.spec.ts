import { DeadlineWatch, type Expected } from './deadline-watch.js';

interface Thing extends Expected {
  readonly name: string;
}

let late: string[];
let deadlines: DeadlineWatch<Thing>;
const pass = (ms: number) => import.meta.jest.advanceTimersByTime(ms);

function begin(name: string, withinMs: number): Thing {
  const thing = { name };
  deadlines.begin(thing, withinMs);
  return thing;
}

beforeEach(() => {
  import.meta.jest.useFakeTimers();
  late = [];
  deadlines = new DeadlineWatch((thing) => late.push(thing.name));
});
afterEach(() => import.meta.jest.useRealTimers());

describe('DeadlineWatch', () => {
  it('call what has no end in time, once, and not before', () => {
    begin('a', 1000);
    pass(999);
    expect(late).toEqual([]);
    pass(1000);
    expect(late).toEqual(['a']);
  });

  it('leave alone what has ended, wherever it stood in the list', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => begin(name, 1000));
    for (const one of [b!, d!, a!]) deadlines.end(one);
    deadlines.end(b!);
    pass(2000);
    expect(late).toEqual(['c']);
    deadlines.end(c!);
  });

  it('call all that are late at once, and keep the others', () => {
    const things = [300, 5000, 300, 5000].map((ms, i) => begin(`${i}`, ms));
    pass(500);
    expect(late.toSorted()).toEqual(['0', '2']);
    deadlines.end(things[1]!);
    pass(5000);
    expect(late.toSorted()).toEqual(['0', '2', '3']);
  });

  it('count anew for what begins again', () => {
    const a = begin('a', 1000);
    deadlines.end(a);
    deadlines.begin(a, 1000);
    pass(900);
    expect(late).toEqual([]);
    pass(400);
    expect(late).toEqual(['a']);
  });

  it('look at nothing when nothing is expected', () => {
    deadlines.end(begin('a', 1000));
    pass(500);
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });
});
