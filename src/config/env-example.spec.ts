import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from './config.js';
import { VARIABLES } from './config.variables.js';

describe('.env.example', () => {
  const file = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');

  it('lists every variable with the text and in the order of VARIABLES', () => {
    // only CORS_ORIGINS has an initial value
    const entries = Object.entries(VARIABLES).map(([name, { about, example, fallback }]) => {
      const line = `${name}=${example ?? String(fallback ?? '')}`;
      return `# ${about}\n${name === 'CORS_ORIGINS' ? line : `# ${line}`}\n`;
    });
    expect(file).toBe(entries.join('\n'));
  });

  it('is valid as it is and with every line uncommented', () => {
    expect(readConfig(parseEnv(file)).values.CORS_ORIGINS).toEqual(['https://myapp.com']);
    const all = parseEnv(file.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(all).toSorted()).toEqual(Object.keys(VARIABLES).toSorted());
    expect(readConfig(all).values.MAIL_FROM).toBe(VARIABLES.MAIL_FROM.fallback);
  });
});
