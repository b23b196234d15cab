import { nestWith } from './client.js';

const nest = nestWith('modules/providers');
const bodyOf = async (path: string) => (await nest.get(path)).body as unknown;

it('providers can be values, factories, classes and aliases from dynamic and global modules', async () => {
  expect(await bodyOf('/providers')).toEqual({
    cat: 'Tom',
    voice: 'meow',
    same: true,
    thing: 'global',
    limit: 3,
    mixed: 'mixed in',
    absent: null,
    connection: { open: true, to: 'meow' },
  });
});

it('ModuleRef creates and finds providers', async () => {
  expect(await bodyOf('/providers/references')).toEqual({ made: 'meow', far: true, strict: false });
});

it('LazyModuleLoader loads a module once', async () => {
  expect(await bodyOf('/providers/lazy')).toEqual({ name: 'lazy', same: true });
});

it('DiscoveryService finds providers by decorator', async () => {
  expect(await bodyOf('/providers/discovered')).toEqual({
    hook: 'PaidHook',
    metadata: { name: 'paid' },
    methods: ['handle'],
  });
});
