import { nestWith } from './client.js';

const nest = nestWith<Set<unknown>>('streams/undeclared');

async function get(name: string, method = 'GET') {
  const answer = await fetch(`${nest.url}/undeclared/${name}`, { method });
  return [answer.status, await answer.text()];
}

describe('a stream on a documented route', () => {
  it.each(['texts', 'bytes', 'other', 'generated'])(
    'whose media type is not declared is a logged 500, and is closed: %s',
    async (name) => {
      expectServerErrors(2);
      nest.logs.splice(0);
      expect(await get(name)).toEqual([500, '{"detail":"Internal server error"}']);
      expect((await get(name, 'HEAD'))[0]).toBe(500);
      const errors = nest.logs.filter(({ level }) => Number(level) >= 50);
      expect(errors).toHaveLength(2);
      expect(JSON.stringify(errors)).toMatch(/media type.*but declares text\/csv/);
      expect(nest.probe.size).toBe(0);
    },
  );

  it.each(['declared', 'header'])('is sent with the declared media type: %s', async (name) => {
    expect(await get(name)).toEqual([200, 'a;b']);
    expect(await get(name, 'HEAD')).toEqual([200, '']);
  });
});
