import { connect, type Socket } from 'node:net';
import type { StatusMessage } from './lease-server.js';

/** An open connection to the supervisor of a server that is ready. */
export interface LeaseConnection {
  socket: Socket;
  /** Resolves when the connection has ended, with the reason if the supervisor gave one. */
  ended: Promise<string | undefined>;
}

/**
 * Connects to the supervisor's socket and waits until its server is ready. Returns undefined if no supervisor listens
 * there, if it ends, or after the timeout. Throws the supervisor's message if the server does not start.
 */
export function requestLease(path: string, timeoutMs: number): Promise<LeaseConnection | undefined> {
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
    onStatus(socket, (status) => {
      clearTimeout(timeout);
      if ('failure' in status) failure = status.failure;
      else resolve({ socket, ended });
    });
  });
}

function onStatus(socket: Socket, listener: (status: StatusMessage) => void): void {
  let incomplete = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = `${incomplete}${String(chunk)}`.split('\n');
    incomplete = lines.pop() ?? '';
    for (const line of lines) listener(JSON.parse(line) as StatusMessage);
  });
}
