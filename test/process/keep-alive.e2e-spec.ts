import { raw, request } from '../support/raw.js';

const LONGER_THAN_ANY_TEST_MS = 15_000;

/** Returns the `Keep-Alive` header, whether the server closed the idle connection, and after how many seconds. */
async function idle(api: string, restMs: number) {
  const begun = performance.now();
  const { headers, closed } = await raw(request('GET /health/live'), restMs, api);
  return { told: headers['keep-alive'], closed, seconds: (performance.now() - begun) / 1000 };
}

it('an idle connection is kept open for 65 seconds, longer than by most load balancers', async () => {
  expect(await idle(baseUrl, 400)).toMatchObject({ told: 'timeout=65, max=1000', closed: false });
});

it('an idle connection is kept open for KEEP_ALIVE_SECONDS, for load balancers with a longer timeout', async () => {
  const app = await startApp({ env: { KEEP_ALIVE_SECONDS: '620' } });
  expect(await idle(app.url, 400)).toMatchObject({ told: 'timeout=620, max=1000', closed: false });
  await app.stop();
});

it('an idle connection is closed after KEEP_ALIVE_SECONDS', async () => {
  const app = await startApp({ env: { KEEP_ALIVE_SECONDS: '2' } });
  const { told, closed, seconds } = await idle(app.url, LONGER_THAN_ANY_TEST_MS);
  expect({ told, closed }).toEqual({ told: 'timeout=2, max=1000', closed: true });
  expect(seconds).toBeGreaterThan(2);
  await app.stop();
});
