import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Door } from '../support/door.js';
import { eventually } from '../support/factories.js';
import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder } from '../support/processes.js';

/** The probes of the server that responds, until this test ends. */
const MIN_PROBES = 24;

it('a replica that accepts connections but never responds does not delay the probes of others', async () => {
  const { url } = await ownDatabase();
  let [connections, probes] = [0, 0];
  const silent = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
  });
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const other = await Door.open(new URL(url), (socket) =>
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes('pg_is_in_recovery')) probes++;
    }),
  );
  const { port } = silent.address() as AddressInfo;
  const app = aerie({
    DATA_DIR: aFolder(),
    DATABASE_URL: url,
    DATABASE_REPLICA_URLS: `postgres://127.0.0.1:${port}/aerie,${other.url}`,
  });
  await app.address();
  [connections, probes] = [0, 0];
  await eventually(async () => probes >= MIN_PROBES || undefined);
  // The silent one is probed once a second: its time limit and the pause are half a second each. If the others waited for
  // it, there would be as many probes as connections, also on a busy machine.
  expect(probes / connections).toBeGreaterThan(1.1);
  app.signal('SIGKILL');
  await app.ended;
  other.close();
  silent.close();
});
