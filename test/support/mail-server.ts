import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
}

/** How it treats its first mails, or all of them. */
interface Manners {
  readonly port?: number;
  /** So many are refused: with this code, for the recipient or when their content is there. */
  readonly refuses?: number;
  readonly code?: number;
  readonly what?: 'recipient' | 'content';
  /** So many are taken, but the connection breaks before it says so. */
  readonly drops?: number;
  /** It takes its time to say so. */
  readonly delayMs?: number;
}

/** A real mail server, on a free port or the one it had before. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** Mails that were begun. */
  attempts = 0;
  private readonly server: SMTPServer;
  private refusals: number;
  private drops: number;

  private constructor(private readonly manners: Manners) {
    this.refusals = manners.refuses ?? 0;
    this.drops = manners.drops ?? 0;
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100, // for clients that are still there when it stops
      onRcptTo: (_address, _session, done) => {
        this.attempts++;
        done(this.refuses('recipient'));
      },
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => void this.take(session, Buffer.concat(parts).toString(), done));
      },
    });
    this.server.on('error', () => {}); // of connections that break
  }

  static async start(manners: Manners = {}): Promise<MailServer> {
    const mailServer = new MailServer(manners);
    await new Promise<void>((resolve) => {
      mailServer.server.listen(manners.port ?? 0, '127.0.0.1', resolve);
    });
    return mailServer;
  }

  private refuses(what: 'recipient' | 'content'): Error | undefined {
    const { what: refused = 'content', code = 451 } = this.manners;
    if (what !== refused || this.refusals-- <= 0) return undefined;
    return Object.assign(new Error('No'), { responseCode: code });
  }

  private async take(session: SMTPServerSession, raw: string, done: (error?: Error) => void): Promise<void> {
    const refusal = this.refuses('content');
    if (refusal) return done(refusal);
    await sleep(this.manners.delayMs ?? 0);
    const { mailFrom, rcptTo } = session.envelope;
    const to = rcptTo.map(({ address }) => address);
    this.received.push({ from: mailFrom ? mailFrom.address : '', to, raw });
    if (this.drops-- <= 0) return done();
    for (const { _socket } of this.server.connections as unknown as Set<{ _socket: Socket }>) _socket.destroy();
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}
