import { documenting, sampleOf, send, type Operation } from '../support/operations.js';
import { anon } from '../support/world.js';

/** Returns whether the general limit applies. Other operations have their own limit and document it differently. */
const hasGeneralLimit = ({ responses }: Operation) => JSON.stringify(responses['429']).includes('TooManyRequests');

describe('when an address has used up its requests', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ env: { REQUESTS_PER_MINUTE: '5' } });
  });
  afterAll(() => app.stop());

  it.each(documenting(429).filter(([, operation]) => hasGeneralLimit(operation)))(
    '%s is refused with Retry-After',
    async (_key, operation) => {
      const ask = () => send(anon.at(app.url), operation, sampleOf(operation));
      let answer = await ask();
      if (answer.status !== 429) answer = await ask(); // the first request used the limit of this minute
      expect(answer.status).toBe(429);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    },
  );
});
