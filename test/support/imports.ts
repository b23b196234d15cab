import { request as httpRequest, type ClientRequest } from 'node:http';
import type { Response } from 'supertest';
import type { Actor } from './world.js';

export const CSV = 'text/csv';
export const NDJSON = 'application/x-ndjson';

export const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join('');

/** Imports a complete file. */
export async function importedBy(
  admin: Actor,
  body: string | Buffer,
  given: { type?: string; query?: object; as?: Actor } = {},
): Promise<Response> {
  const { type = CSV, query: asked = {}, as = admin } = given;
  const test = as.send('post', '/users/import').query(asked).set('Content-Type', type);
  return test.serialize((sent) => sent as never).send(body as never);
}

/** Starts an import and leaves its file incomplete. */
export function begun(admin: Actor, import_id: string, part: string): ClientRequest {
  const headers = { Authorization: `Bearer ${admin.token}`, 'Content-Type': CSV };
  const sent = httpRequest(`${baseUrl}/users/import?import_id=${import_id}`, { method: 'POST', headers });
  sent.on('error', () => {}).write(part);
  return sent;
}
