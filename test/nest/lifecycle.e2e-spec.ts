import { setTimeout as sleep } from 'node:timers/promises';
import { nestWith } from './client.js';

const nest = nestWith<string[]>('lifecycle/lifecycle');

it('modules are initialised before what imports them, and all of them before any is told of the start', async () => {
  const { body } = await nest.get('/lifecycle');
  expect(body).toEqual(['inner init', 'outer init', 'inner bootstrap', 'outer bootstrap']);
});

it('a request under way at the end is answered, and the hooks run in the order of the documentation', async () => {
  nest.probe.splice(0);
  const slow = nest.get('/lifecycle/slow').then(({ text }) => text);
  await sleep(30);
  await nest.stop();
  expect(await slow).toBe('answered');
  const hooks = nest.probe.filter((event) => event !== 'answered').map((event) => event.split(' ').slice(1).join(' '));
  expect(hooks).toEqual([
    'destroy',
    'destroy',
    'before shutdown undefined',
    'before shutdown undefined',
    'shutdown undefined',
    'shutdown undefined',
  ]);
  expect(nest.probe.indexOf('answered')).toBeLessThan(nest.probe.indexOf('inner shutdown undefined'));
  expect(nest.probe.slice(0, 2)).toEqual(['outer destroy', 'inner destroy']);
});
