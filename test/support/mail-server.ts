import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
}

/** How the server fails, for its first mails or for all of them. */
interface Manners {
  readonly port?: number;
  /** The number of mails that are refused: with `code`, after the recipient or after the content. */
  readonly refuses?: number;
  readonly code?: number;
  readonly what?: 'recipient' | 'content';
  /** The number of mails that are received, but whose connection breaks before the reply. */
  readonly drops?: number;
  /** The delay before the reply to a mail. */
  readonly delayMs?: number;
}

/** A real mail server, on a free port or on a given one. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** The number of mails that clients have begun to send. */
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
      closeTimeout: 100, // for clients that are still connected when it stops
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
    this.server.on('error', () => {}); // from broken connections
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
