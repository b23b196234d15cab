import { request, type IncomingHttpHeaders } from 'node:http';
import type { Actor } from './world.js';

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Returns a response with its bytes as they came, compressed or not. */
export function rawResponse(
  as: Actor,
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', body = '' } = {},
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const options = { method, agent: false, headers: { Authorization: `Bearer ${as.token}`, ...headers } } as const;
    const sent = request(`${baseUrl}${path}`, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(parts) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject).end(body);
  });
}
