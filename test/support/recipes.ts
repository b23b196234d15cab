import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startedBefore } from '../nest/client.js';
import { query } from './database.js';

/** Starts the application with these recipes before the tests of the file or block, and stops it after them. */
export const recipesWith = (names: readonly string[], env: () => Record<string, string> = () => ({})) =>
  startedBefore(() => startRecipes(names, env()));

/** Creates the table of a recipe. It replaces that of a resource with the same name, which may be in the project. */
export async function tableOf(name: string, columns: string): Promise<void> {
  await query(`drop table if exists ${name} cascade`);
  await query(`create table ${name} (${columns})`);
}

/** Starts an HTTP service that a recipe calls. */
export async function serviceBy(answer: RequestListener): Promise<{ url: string; stop: () => void }> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => server.close().closeAllConnections();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
