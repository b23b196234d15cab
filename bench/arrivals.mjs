// Sends requests at a constant rate, independent of the responses (open loop), in a separate process. The parent forks
// it, sends one message with the order, and gets one message with the results. It uses raw sockets, because a client
// that costs more than the server would measure itself.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 1;
/** Connections are opened slowly and before the measurement, because libuv accepts one in each turn of its loop. */
const CONNECT_MS = 1500;
const STEPS = 50;
/** How long to wait for responses after the last request. Requests that have none by then count as lost. */
const PATIENCE_MS = 2000;

/** The connection of one client. It has one request at a time, and lasts until the server closes it. */
class Connection {
  constructor({ hostname, port }, pool) {
    this.pool = pool;
    this.text = '';
    this.socket = connect(Number(port), hostname).setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', () => {}); // 'close' handles it
    this.socket.on('close', () => this.end());
  }

  send(bytes) {
    this.since = performance.now();
    this.socket.write(bytes);
  }

  read(chunk) {
    // a 408 on an idle connection: the server closes it, and the pool opens another
    if (this.since === undefined) return;
    this.text += chunk;
    const head = this.text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.text)?.[1] ?? 0);
    if (this.text.length < head + 4 + length) return;
    const closes = /\r\nconnection: close/i.test(this.text.slice(0, head));
    this.pool.answered(Number(this.text.slice(9, 12)), performance.now() - this.since);
    this.text = '';
    this.since = undefined;
    if (closes) this.socket.destroy();
    else this.pool.idle.push(this);
  }

  end() {
    if (this.since !== undefined) this.pool.lost++;
    this.since = undefined;
    this.pool.gone(this);
  }
}

/** A fixed number of clients, each of which waits for its response. */
class Pool {
  idle = [];
  all = new Set();
  unsent = 0;
  lost = 0;
  statuses = {};
  latencies = [];

  constructor(url) {
    this.url = new URL(url);
  }

  async connect(connections) {
    for (let i = 0; i < STEPS; i++) {
      while (this.all.size < (connections * (i + 1)) / STEPS) this.open();
      await sleep(CONNECT_MS / STEPS);
    }
  }

  close() {
    this.over = true;
    for (const { socket } of this.all) socket.destroy();
  }

  /** Sends a request if a client is free. Otherwise the request counts as offered and not sent. */
  send(bytes) {
    const free = this.idle.shift();
    if (free) free.send(bytes);
    else this.unsent++;
  }

  open() {
    const connection = new Connection(this.url, this);
    this.all.add(connection);
    this.idle.push(connection);
  }

  answered(status, ms) {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status < 300) this.latencies.push(ms);
  }

  gone(connection) {
    this.all.delete(connection);
    this.idle = this.idle.filter((one) => one !== connection);
    if (!this.over) this.open();
  }
}

async function drive({ url, requests, rate, seconds, connections }) {
  const pool = new Pool(url);
  await pool.connect(connections);
  const began = performance.now();
  let offered = 0;
  for (let ms = 0; ms < seconds * 1000; ms = performance.now() - began) {
    for (; offered < (ms / 1000) * rate; offered++) pool.send(requests[offered % requests.length]);
    await sleep(TICK_MS);
  }
  await sleep(PATIENCE_MS);
  pool.close();
  await sleep(100);
  const { unsent, lost, statuses, latencies } = pool;
  return { offered, unsent, lost, statuses, latencies };
}

process.once('message', async (order) => {
  const result = await drive(order);
  process.send(result, () => process.exit(0));
});
