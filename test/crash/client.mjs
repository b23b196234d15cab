import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const PASSWORD = 'Password1';
const TIMEOUT_MS = 10_000;
const MAX_TRIES = 40;
const PAUSE_MS = 150;

/** A new account that has signed in. Sends requests, and knows for each whether a response came. */
export class Client {
  static async signUp(url) {
    const email = `${randomUUID()}@example.com`;
    const account = await post(`${url}/users`, { email, name: 'Ann', password: PASSWORD });
    const token = await fetch(`${url}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams({ username: email, password: PASSWORD }),
    }).then((answer) => answer.json());
    return new Client(url, account.id, token.access_token);
  }

  constructor(url, id, token) {
    Object.assign(this, { url, id, token });
  }

  /**
   * Sends a request once. Returns undefined if there is no response, or one that asks for a retry: the result is then
   * unknown.
   */
  async attempt({ method = 'POST', path, body, key }) {
    try {
      const answer = await fetch(this.url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(key ? { 'idempotency-key': key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.text();
      if (answer.headers.has('retry-after')) return undefined;
      const replayed = answer.headers.get('idempotency-replayed') === 'true';
      return { status: answer.status, text, json: text === '' ? undefined : JSON.parse(text), replayed };
    } catch {
      return undefined;
    }
  }

  /**
   * Retries until a response comes or `givesUp()` returns true. `keyOf` returns the key of each try, which is always
   * the same if keys are tested.
   */
  async send(request, { keyOf, givesUp }) {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const answer = await this.attempt({ ...request, key: keyOf() });
      if (answer) return answer;
      if (givesUp()) return undefined;
      await sleep(PAUSE_MS);
    }
    return undefined;
  }
}

async function post(address, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${address}: ${await answer.text()}`);
  return answer.json();
}
