import { readConfig } from './config.js';

it('the direct database URL defaults to DATABASE_URL and cannot be set without it', () => {
  const DATABASE_URL = 'postgres://pooler/aerie';
  expect(readConfig({ DATABASE_URL }).directUrl).toBe(DATABASE_URL);
  const split = readConfig({ DATABASE_URL, DATABASE_DIRECT_URL: 'postgres://db/aerie', DATABASE_TLS: 'require' });
  expect(split.directUrl).toBe('postgres://db/aerie?sslmode=no-verify');
  expect(() => readConfig({ DATABASE_DIRECT_URL: 'postgres://db/aerie' })).toThrow(
    'DATABASE_DIRECT_URL requires DATABASE_URL, the address of the pooler for the same database',
  );
});
