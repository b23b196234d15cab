import { readdirSync } from 'node:fs';

const inFolder = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.spec.ts'))
    .toSorted()
    .map((file) => `${folder}/${file}`);

/** The unit tests of the part that is mutated. */
export default () =>
  process.env['MUTATE'] === 'credentials'
    ? [...inFolder('src/auth'), 'src/kernel/http/access.spec.ts']
    : inFolder('src/kernel/validation');
