import { globSync, readdirSync } from 'node:fs';

const inFolder = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.spec.ts'))
    .toSorted()
    .map((file) => `${folder}/${file}`);

const ACCESS = [
  'password-hashing',
  'password-reset',
  'email-address',
  'auth',
  'bearer-tokens',
  'sessions',
  'session-list',
  'access-tokens',
  'totp',
  'second-factor',
  'access',
  'access-token-scopes',
  'account-status',
  'password',
  'denied-access',
  'key-rotation',
  'guessing',
  'attempts-per-minute',
];

/** The specs of each mutated part, fast ones first. */
const SPECS = {
  validation: () => inFolder('src/kernel/validation'),
  credentials: () => [...inFolder('src/auth'), 'src/kernel/access/access.spec.ts'],
  access: () => [...ACCESS.flatMap((name) => globSync(`test/*/${name}.e2e-spec.ts`)), 'src/auth/jwt.strategy.spec.ts'],
};

export default () => SPECS[process.env['MUTATE'] ?? 'validation']();
