import { connect, type Socket } from 'node:net';
import type { Announcement } from './door.js';

/** A lease: an open connection to a supervisor whose server serves. */
export interface Admission {
  socket: Socket;
  /** Resolves when the connection has ended; with the reason, where the supervisor gave one. */
  ended: Promise<string | undefined>;
}

/**
 * Asks the supervisor at this socket for a lease, and waits until its server serves. Undefined when nobody is there, or
 * no longer, or for too long. Throws what the supervisor says when the server will not start.
 */
export function knock(path: string, timeoutMs: number): Promise<Admission | undefined> {
  const socket = connect(path);
  const timeout = setTimeout(() => socket.destroy(), timeoutMs);
  return new Promise((resolve, reject) => {
    let failure: string | undefined;
    socket.on('error', () => {}); // 'close' follows
    const ended = new Promise<string | undefined>((end) => {
      socket.once('close', () => {
        clearTimeout(timeout);
        if (failure === undefined) resolve(undefined);
        else reject(new Error(failure));
        end(failure);
      });
    });
    listen(socket, (news) => {
      clearTimeout(timeout);
      if ('failure' in news) failure = news.failure;
      else resolve({ socket, ended });
    });
  });
}

function listen(socket: Socket, hear: (news: Announcement) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(JSON.parse(line) as Announcement);
  });
}
