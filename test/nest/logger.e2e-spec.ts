import { nestWith } from './client.js';

const line = (msg: string, level: number, context?: string) =>
  expect.objectContaining({ msg, level, ...(context === undefined ? {} : { context }) }) as unknown;

describe('Logger', () => {
  const nest = nestWith('logger/logger');

  it('writes messages of a feature to the application log, with their context', async () => {
    await nest.get('/logged');
    expect(nest.logs).toEqual(
      expect.arrayContaining([
        line('a log of cats', 30, 'CatsService'),
        line('a warning of cats', 40, 'CatsService'),
        line('an error of cats', 50, 'CatsService'),
        line('an error as such', 50),
        line('the first', 30),
        line('a static log', 30, 'Static'),
        line('a log without context', 30),
      ]),
    );
    expect(JSON.stringify(nest.logs)).toContain('the second');
  });

  it('writes the fields of objects as JSON', async () => {
    nest.logs.splice(0);
    await nest.get('/logged');
    const found = nest.logs.filter((line) => JSON.stringify(line).includes(nestStock ? 'object' : '"cats":3'));
    expect(found).toHaveLength(1);
  });
});

describe('useLogger()', () => {
  const nest = nestWith<string[]>('logger/own');

  it('passes messages to the logger of the feature', async () => {
    await nest.get('/own-log');
    expect(nest.probe).toContain('Own: for the own logger');
  });
});
