import { setTimeout as sleep } from 'node:timers/promises';
import { nestWith } from './client.js';

const nest = nestWith<string[]>('lifecycle/lifecycle');

it('modules are initialized before the modules that import them, and all modules before onApplicationBootstrap()', async () => {
  const { body } = await nest.get('/lifecycle');
  expect(body).toEqual(['inner init', 'outer init', 'inner bootstrap', 'outer bootstrap']);
});

it('a pending request is answered during shutdown, and the shutdown hooks run in the documented order', async () => {
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
