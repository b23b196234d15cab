import { jest } from '@jest/globals';
import { Config, readConfig } from '../config/config.js';
import { announce } from './announce.js';

const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: 'Zm9yIHRlc3RzIG9ubHksIGJ1dCBsb25nIGVub3VnaCA0Mg==x9Q' };

/** Returns what `announce` prints with these environment variables. */
function said(env: Record<string, string>): string {
  const { values } = readConfig({ ...PRODUCTION, DATABASE_URL: 'postgres://aerie:kJ8-2nQ4@localhost/aerie', ...env });
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  announce({ config: new Config(values), address: 'http://0.0.0.0:8000', embedded: false });
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
  write.mockRestore();
  return text;
}

it('warns in production if mails link to an address that users cannot reach', () => {
  const warning =
    'WARNING: mails link to http://localhost:8000; set APP_URL or PUBLIC_URL to an address that users can reach.';
  expect(said({})).toContain(warning);
  expect(said({ NODE_ENV: 'development' })).not.toContain('WARNING');
  for (const name of ['APP_URL', 'PUBLIC_URL'])
    expect(said({ [name]: 'https://aerie.example' })).not.toContain('WARNING');
});
