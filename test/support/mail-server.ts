import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
}

/** A real mail server, on a free port or the one it had before. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  private readonly server: SMTPServer;

  private constructor(private readonly refuses: { times: number }) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100, // for clients that are still there when it stops
      onData: (stream, { envelope }, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          if (this.refuses.times-- > 0) return done(Object.assign(new Error('Try later'), { responseCode: 451 }));
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          const to = envelope.rcptTo.map(({ address }) => address);
          this.received.push({ from, to, raw: Buffer.concat(parts).toString() });
          return done();
        });
      },
    });
    this.server.on('error', () => {}); // of connections that break
  }

  /** It may refuse the first mails, as a server that is overloaded does. */
  static async start({ port = 0, refuses = 0 } = {}): Promise<MailServer> {
    const mailServer = new MailServer({ times: refuses });
    await new Promise<void>((resolve) => {
      mailServer.server.listen(port, '127.0.0.1', resolve);
    });
    return mailServer;
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
