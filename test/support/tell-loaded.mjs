// Preloaded into a program under test. When the program ends, it prints the packages that were loaded by `require`.
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { cache } = createRequire(import.meta.url);

if (isMainThread) {
  process.on('exit', () => {
    const names = Object.keys(cache).map((path) => path.split('/node_modules/').at(-1).split('/')[0]);
    for (const name of new Set(names)) console.log(`loaded: ${name}`);
  });
}
