import { jest } from '@jest/globals';
import { readConfig } from '../config/config.js';
import { compareSchema } from './compare-schema.js';

const UNREACHABLE = { DATABASE_URL: 'postgres://127.0.0.1:1/aerie' };
const SECRET = 'Only-for-this-test-1f0c7c2e9d5b4a38';

async function printedBy(env: Record<string, string>): Promise<string> {
  const written: unknown[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0);
  await compareSchema(readConfig({ ...UNREACHABLE, ...env }));
  write.mockRestore();
  return written.join('');
}

it('the schema is compared in development, and a failure is only a warning', async () => {
  expect(await printedBy({ NODE_ENV: 'development' })).toMatch(/^WARNING: the schema was not checked: /);
});

it('the schema is not compared in production, where different releases may share the database', async () => {
  expect(await printedBy({ NODE_ENV: 'production', JWT_SECRET: SECRET })).toBe('');
});
