import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Actor } from './world.js';

/** An answer that is read at the reader's pace: nothing is taken from the connection until `text` is called. */
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

  /** Reads to the end. Throws when the transfer breaks. */
  async text(): Promise<string> {
    return (await this.bytes()).toString();
  }

  /** The same as it came, compressed or not. */
  async bytes(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.answer) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  /** The first bytes, as soon as there are any. */
  async first(): Promise<Buffer> {
    await once(this.answer, 'readable');
    return this.answer.read() as Buffer;
  }

  /** Leaves without a word. */
  leave(): void {
    this.answer.destroy();
  }
}
