import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Returns random numbers from 0 to less than 1 that a seed determines. */
export function lots(seed: string): () => number {
  let drawn = 0;
  return () => createHash('sha256').update(`${seed}:${drawn++}`).digest().readUInt32BE() / 2 ** 32;
}

/** The most bytes in one direction of a connection until the next fault: a few requests or responses. */
const REACH = 4000;
const LONGEST_DELAY_MS = 60;

/** A TCP proxy that cuts, delays and duplicates, at byte positions that a seed determines for each connection. */
export class FaultProxy {
  readonly counts = { connections: 0, cutRequests: 0, cutAnswers: 0, delays: 0, duplicates: 0 };
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.join(client));

  constructor(
    private readonly target: number,
    private readonly seed: number,
  ) {}

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const lot = lots(`${this.seed}:${this.counts.connections++}`);
    const server = this.reach();
    const cut = () =>
      void [client, server].map((socket) => (lot() < 0.5 ? socket.destroy() : socket.resetAndDestroy()));
    this.watch(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('close', () => other.destroy());
    const twin = lot() < 0.15 ? this.twin() : undefined;
    void this.carry(client, server, { lot, twin, cut: () => (this.counts.cutRequests++, cut()) });
    void this.carry(server, client, { lot, twin: undefined, cut: () => (this.counts.cutAnswers++, cut()) });
  }

  /** Forwards bytes until a random cut. */
  private async carry(from: Socket, to: Socket, { lot, twin, cut }: Carriage): Promise<void> {
    let next = Math.floor(lot() * REACH);
    try {
      for await (const chunk of from) {
        let bytes = chunk as Buffer;
        while (bytes.length > next) {
          const before = bytes.subarray(0, next);
          bytes = bytes.subarray(next);
          to.write(before);
          twin?.write(before);
          if (lot() < 0.4) return cut();
          this.counts.delays++;
          await sleep(lot() * LONGEST_DELAY_MS);
          next = 1 + Math.floor(lot() * REACH);
        }
        next -= bytes.length;
        to.write(bytes);
        twin?.write(bytes);
      }
    } catch {
      // the connection was cut
    }
  }

  /** Opens a second connection that gets the same requests. Its responses are discarded. */
  private twin(): Socket {
    this.counts.duplicates++;
    return this.reach().resume();
  }

  private reach(): Socket {
    return this.watch(connect(this.target, '127.0.0.1'));
  }

  private watch(socket: Socket): Socket {
    this.sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
  }
}

interface Carriage {
  readonly lot: () => number;
  readonly twin: Socket | undefined;
  readonly cut: () => void;
}
