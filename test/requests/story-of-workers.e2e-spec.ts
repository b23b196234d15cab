import { eventually } from '../support/factories.js';
import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';
import { PASSWORD_HASH, signIn } from '../support/world.js';

interface Story {
  readonly lines: readonly { readonly message: string; readonly details: { readonly route?: string } }[];
  readonly statements: readonly object[];
}

let app: Program;
let api: string;
let Authorization: string;

beforeAll(async () => {
  const database = await ownDatabase();
  await database.query(
    `insert into users (email, name, password_hash, role) values ('ann@example.com', 'Ann', $1, 'admin')`,
    [PASSWORD_HASH],
  );
  app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, WORKERS: '3', LOG_LEVEL: 'info' });
  api = await app.address();
  Authorization = `Bearer ${(await signIn('ann@example.com', undefined, api)).access_token}`;
});

/** Sends a request on a new connection, which another worker may serve. */
const get = (path: string) => fetch(api + path, { headers: { Authorization, Connection: 'close' } });

function workerOf(id: string): Promise<number> {
  const look = () => new RegExp(`"pid":(\\d+),.*"request_id":"${id}"`).exec(app.output)?.[1];
  return eventually(() => Promise.resolve(look())).then(Number);
}

/** Sends requests until each worker has answered at least one. */
async function requestsOfAll(path: string): Promise<{ id: string; answer: Response }[]> {
  const found: { id: string; answer: Response }[] = [];
  const workers = new Set<number>();
  while (workers.size < 3) {
    const answer = await get(path);
    const id = answer.headers.get('x-request-id')!;
    found.push({ id, answer });
    workers.add(await workerOf(id));
  }
  expect(workers).toEqual(new Set(childrenOf(app.pid)));
  return found;
}

it('each worker returns the story of a request, whichever worker served it', async () => {
  for (const { id } of await requestsOfAll('/users/me')) {
    const told = await requestsOfAll(`/requests/${id}`);
    const stories = await Promise.all(told.map(async ({ answer }) => (await answer.json()) as Story));
    for (const { lines, statements } of stories) {
      expect(lines.map(({ details }) => details.route)).toEqual(['/users/me']);
      expect(statements.length).toBeGreaterThan(0);
    }
  }
});

it('a frozen worker does not prevent the other workers from returning a story', async () => {
  const { id } = (await requestsOfAll('/users/me'))[0]!;
  const teller = await workerOf(id);
  const other = childrenOf(app.pid).find((pid) => pid !== teller)!;
  process.kill(other, 'SIGSTOP');
  try {
    const story = await eventually(async () => {
      const answer = await fetch(`${api}/requests/${id}`, {
        headers: { Authorization, Connection: 'close' },
        signal: AbortSignal.timeout(4000),
      }).catch(() => undefined); // the connection may belong to the frozen worker
      return answer && ((await answer.json()) as Story);
    });
    expect(story.lines).toHaveLength(1);
  } finally {
    process.kill(other, 'SIGCONT');
  }
});
