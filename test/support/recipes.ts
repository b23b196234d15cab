import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startedBefore } from '../nest/client.js';

/** Starts the application with these recipes before the tests of the file or block, and stops it after them. */
export const recipesWith = (names: readonly string[], env: () => Record<string, string> = () => ({})) =>
  startedBefore(() => startRecipes(names, env()));

/** Starts an HTTP service that a recipe calls. */
export async function serviceBy(answer: RequestListener): Promise<{ url: string; stop: () => void }> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => server.close().closeAllConnections();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
