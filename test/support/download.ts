import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Actor } from './world.js';

/** A response that is read on demand: nothing is read from the connection until `text` is called. */
export class Download {
  private constructor(readonly answer: IncomingMessage) {}

  static start(actor: Actor, path: string, more: Record<string, string> = {}, url = baseUrl): Promise<Download> {
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${actor.token}`, ...more };
      get(`${url}${path}`, { headers, agent: false }, (answer) => {
        answer.on('error', () => {}); // `text` reports it
        resolve(new Download(answer));
      }).on('error', reject);
    });
  }

  /** Reads to the end. Throws if the transfer breaks. */
  async text(): Promise<string> {
    return (await this.bytes()).toString();
  }

  /** Reads the bytes to the end as they came, compressed or not. */
  async bytes(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.answer) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  /** Returns the first bytes as soon as they arrive. */
  async first(): Promise<Buffer> {
    await once(this.answer, 'readable');
    return this.answer.read() as Buffer;
  }

  /** Closes the connection before the response is complete. */
  leave(): void {
    this.answer.destroy();
  }
}
