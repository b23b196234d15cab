// Sends requests to a running build.
import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './answers.mjs';
import { PASSWORD } from './fill.mjs';

const BUSY_AT_MOST_MS = 300_000;

export class Api {
  constructor(url, tokens = {}) {
    this.url = url;
    this.tokens = tokens;
  }

  /** Signs in. */
  async token(username) {
    const form = { username, password: PASSWORD };
    const { status, body } = await this.sendPatiently('POST', '/auth/token', { form });
    if (status !== 200) throw new Error(`${username} cannot sign in: ${status} ${JSON.stringify(body)}`);
    return body.access_token;
  }

  /** Sends a request again while the machine is too busy for it: requests that follow may need its effect. */
  async sendPatiently(method, path, options) {
    const deadline = performance.now() + BUSY_AT_MOST_MS;
    for (;;) {
      const answer = await this.send(method, path, options);
      if (!isBusy(answer.status, answer.body) || performance.now() > deadline) return answer;
      await sleep(1000);
    }
  }

  /** Sends a request. Returns `{ status, body, links }`, with status 0 if there is no response. */
  async send(method, path, { as = 'nobody', token = this.tokens[as], body, form, csv, headers = {} } = {}) {
    const content = form ? new URLSearchParams(form) : csv ? csv : body && JSON.stringify(body);
    const type = csv ? { 'content-type': 'text/csv' } : body ? { 'content-type': 'application/json' } : {};
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    try {
      const answer = await fetch(this.url + path, {
        method,
        body: content,
        headers: { ...type, ...authorization, ...headers },
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json') && text !== '';
      const links = linksOf(answer.headers.get('link') ?? '');
      return { status: answer.status, body: isJson ? JSON.parse(text) : text.slice(0, 2000), links };
    } catch (error) {
      return { status: 0, body: error.message };
    }
  }
}

/** Returns the paths in a `Link` header by their relation. */
const linksOf = (header) =>
  Object.fromEntries(
    [...header.matchAll(/<([^>]+)>; rel="?(\w+)/g)].map(([, url, rel]) => {
      const { pathname, search } = new URL(url, 'http://localhost');
      return [rel, pathname + search];
    }),
  );
