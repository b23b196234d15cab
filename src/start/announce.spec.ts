import { jest } from '@jest/globals';
import { Config, readConfig } from '../config/config.js';
import { announce } from './announce.js';

const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: 'Zm9yIHRlc3RzIG9ubHksIGJ1dCBsb25nIGVub3VnaCA0Mg==x9Q' };

/** Returns what `announce` prints with these environment variables, when Aerie listens on the port. */
function said(env: Record<string, string>, port = 8000): string {
  const { values } = readConfig({ ...PRODUCTION, DATABASE_URL: 'postgres://aerie:kJ8-2nQ4@localhost/aerie', ...env });
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const config = new Config(values);
  config.changePort(port);
  announce({ config, embedded: false });
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

it('prints the port that the system has selected for PORT=0, also in the warning about mails', () => {
  const text = said({ PORT: '0' }, 51234);
  expect(text).toContain('  API        http://0.0.0.0:51234\n');
  expect(text).toContain('mails link to http://localhost:51234;');
});

it('prints the folder of mails only if they are not sent', () => {
  expect(said({ DATA_DIR: 'data' })).toContain('  Mails      text files in data/mail\n');
  expect(said({ SMTP_URL: 'smtp://mail.example' })).not.toContain('Mails');
});
