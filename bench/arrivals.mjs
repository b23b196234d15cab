// Sends requests at a constant rate, whatever becomes of them (open loop), in a process of its own: forked, told what to
// do by one message, answers with what became of each. Raw sockets: a client that costs more than the server measures itself.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 1;
/** Connections are made before the measurement, slowly: libuv accepts one a turn of its loop. */
const CONNECT_MS = 1500;
const STEPS = 50;
/** Who has no answer by then has given up. */
const PATIENCE_MS = 2000;

/** One client's connection: a request at a time, kept as long as the server keeps it. */
class Connection {
  constructor({ hostname, port }, pool) {
    this.pool = pool;
    this.text = '';
    this.socket = connect(Number(port), hostname).setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', () => {}); // told by 'close'
    this.socket.on('close', () => this.end());
  }

  send(bytes) {
    this.since = performance.now();
    this.socket.write(bytes);
  }

  read(chunk) {
    if (this.since === undefined) return; // 408: nothing was sent for long; it is closed, and made anew
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

/** As many clients as there are, each of whom waits for its answer. */
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

  /** Nobody is there to send it: it is offered, and counts as lost. */
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
