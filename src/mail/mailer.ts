import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import { Config } from '../kernel/config/config.js';
import { Counter } from '../kernel/common/instruments.js';
import { UnrecoverableJobError } from '../jobs/attempt.errors.js';
import { Logger } from '../kernel/logging/logger.js';
import { emailAddress } from '../kernel/validation/email-address.js';
import { SentMails } from './sent-mails.js';
import { outcomeOf } from './smtp-errors.js';

export interface Mail {
  /** One address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Stable over retries, the job's id: it becomes the `Message-ID`, and a mail of an id is sent once. */
  readonly id: string;
}

const OUTCOMES = ['sent', 'postponed', 'refused'];
const MAILS = new Counter({
  name: 'aerie_mails_total',
  help: 'Attempts to send a mail by outcome: sent (taken by the mail server), postponed (tried again later), refused (for good).',
  labels: ['outcome'],
  initialSeries: OUTCOMES.map((outcome) => ({ outcome })),
});

/** Ends the header or begins another one. */
const CONTROL = /\p{Cc}+/gu;

/** Sends mails: to SMTP_URL, or as files into DATA_DIR/mail. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private transport: Promise<Transporter> | undefined;
  private readonly smtp: string | undefined;
  private readonly folder: string | undefined;
  private readonly from: string;
  private readonly domain: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly sent: SentMails,
  ) {
    const { SMTP_URL, MAIL_FROM, DATA_DIR } = config.values;
    this.from = MAIL_FROM;
    this.domain = domainOf(MAIL_FROM);
    this.folder = SMTP_URL === undefined ? join(DATA_DIR, 'mail') : undefined;
    this.smtp = SMTP_URL;
  }

  /**
   * Sends the mail, unless the mail server has taken one of this id before. If the process dies between the server's yes and
   * our note of it, a millisecond or two, the mail goes out again, under the same Message-ID, by which receivers know it.
   * Throws PostponeJobError or UnrecoverableJobError, as job handlers do: the latter for what is no address, which a mail
   * program may read otherwise.
   */
  async send(mail: Mail): Promise<void> {
    if (await this.sent.has(mail.id)) return;
    try {
      await this.deliver(mail);
      MAILS.add({ outcome: 'sent' });
    } catch (error) {
      MAILS.add({ outcome: error instanceof UnrecoverableJobError ? 'refused' : 'postponed' });
      throw error;
    }
    await this.sent.add(mail.id);
    this.logger.log('Mail sent', { mail_id: mail.id, subject: mail.subject });
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.transport)?.close();
  }

  private async deliver({ id, to, subject, text, html }: Mail): Promise<void> {
    const address = emailAddress(to);
    if ('reason' in address) throw new UnrecoverableJobError(`The mail has no valid address: ${address.reason}`);
    await this.handOver(id, {
      from: this.from,
      to: { name: '', address: address.email }, // as an object it is one address, whatever is in it
      subject: subject.replace(CONTROL, ' '),
      text,
      html,
      messageId: `<${id}@${this.domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no vacation notices, please
    });
  }

  private async handOver(id: string, mail: Parameters<Transporter['sendMail']>[0]): Promise<void> {
    const transport = await (this.transport ??= openTransport(this.smtp));
    if (this.folder === undefined) {
      await transport.sendMail(mail).catch((error: unknown) => {
        throw outcomeOf(error);
      });
    } else {
      const { message } = (await transport.sendMail(mail)) as { message: Buffer };
      await mkdir(this.folder, { recursive: true });
      await writeFile(join(this.folder, `${id}.eml`), message, { mode: 0o600 });
    }
  }
}

/** The domain of the sender, in ASCII: names of mails are unique in it (RFC 5322 §3.6.4). */
function domainOf(from: string): string {
  const [, domain = ''] = /@([^@>\s]+)>?\s*$/.exec(from) ?? [];
  return domainToASCII(domain) || 'localhost';
}

/** To the mail server; without one, to a text. A process that mails nothing does not load what it takes. */
async function openTransport(smtp: string | undefined): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  if (smtp === undefined) return createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return createTransport({ url: smtp, connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 20_000 });
}
