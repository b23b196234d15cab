import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** All received data, including data after the first answer. */
  readonly text: string;
  /** Whether the server, not this client, closed the connection. */
  readonly closed: boolean;
}

/** The longest wait for the first byte: a busy machine may take long, and some requests get no answer. */
const FIRST_BYTE_MS = 5000;

/**
 * Sends exactly these bytes, and reads until the server closes the connection or, after its first byte, is silent for
 * `restMs`.
 */
export async function raw(bytes: string | Buffer, restMs = 400, url = baseUrl): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  let closed = false;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    socket.setTimeout(restMs);
  });
  socket.on('error', () => {}); // some servers close with a reset
  socket.on('end', () => {
    closed = true;
  });
  await once(socket, 'connect');
  socket.write(bytes);
  socket.setTimeout(Math.max(restMs, FIRST_BYTE_MS), () => socket.destroy());
  await closeOf(socket);
  return { ...parse(Buffer.concat(chunks).toString('latin1')), closed };
}

/** Sends `head`, then one byte every `everyMs` until the server closes the connection. Returns the server's answer. */
export async function drip(head: string, byte: string, everyMs = 200): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  socket.write(head);
  const dripping = setInterval(() => socket.write(byte), everyMs);
  await closeOf(socket);
  clearInterval(dripping);
  return { ...parse(Buffer.concat(chunks).toString('latin1')), closed: true };
}

/** Returns the text of a request, with the headers that every request needs. */
export function request(line: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const fields = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${fields.join('')}\r\n${body}`;
}

/** Waits for the close, also after a reset, for which `once` of node:events throws. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

function parse(text: string): Omit<RawAnswer, 'closed'> {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  ) as Record<string, string>;
  return { status: Number(first.split(' ')[1]), headers, body: rest.join('\r\n\r\n'), text };
}
