import { aerie, aFolder } from '../support/processes.js';

/** Returns what a start prints about the compile cache. It then fails, because there is no database. */
async function printed(env: Record<string, string>): Promise<string> {
  const DATABASE_URL = 'postgres://aerie:Zq8vN3xW5kT1mB7r@127.0.0.1:1/aerie';
  const app = aerie({ DATABASE_URL, DATA_DIR: aFolder(), NODE_DEBUG_NATIVE: 'COMPILE_CACHE', ...env });
  expect(await app.ended).toBe(1);
  expect(app.output).toContain('cannot be reached');
  return app.output;
}

describe('compiled code', () => {
  it('is stored beside the packages in development, so that the next start is faster', async () => {
    expect(await printed({})).toContain('node_modules/.cache/aerie/');
  });

  it('is not stored in production, where it would take memory', async () => {
    const env = { NODE_ENV: 'production', JWT_SECRET: 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw' };
    expect(await printed(env)).not.toContain('[compile cache]');
  });
});
