import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { SendMailOptions, Transporter } from 'nodemailer';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { domainToASCII } from 'node:url';
import { makeFolder } from '../embedded-postgres/make-folder.js';
import { Config } from '../config/config.js';
import { Counter } from '../kernel/common/instruments.js';
import { inSpan } from '../kernel/common/tracing.js';
import { UnrecoverableJobError } from '../jobs/attempt.errors.js';
import { Logger } from '../kernel/logging/logger.js';
import { emailAddress } from '../kernel/validation/email-address.js';
import { SentMails } from './sent-mails.js';
import { readableMail, type Message } from './readable-mail.js';
import { outcomeOf } from './smtp-errors.js';

export interface Mail {
  /** A single address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** The id of the job, which is the same for all retries. It becomes the `Message-ID`. A mail is sent once per id. */
  readonly id: string;
}

const OUTCOMES = ['sent', 'postponed', 'refused'];
const MAILS = new Counter({
  name: 'aerie_mails_total',
  help: 'Attempts to send a mail by outcome: sent (accepted by the mail server), postponed (retried later), refused (permanently).',
  labels: ['outcome'],
  initialSeries: OUTCOMES.map((outcome) => ({ outcome })),
});

/** Control characters. They could end the header or start another one. */
const CONTROL = /\p{Cc}+/gu;

/** Sends mails via SMTP_URL, or writes them to DATA_DIR/mail: each as a text file, and as it would be sent (`.eml`). */
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
   * Sends the mail, unless the mail server has already accepted one with this id. If the process dies in the one or two
   * milliseconds between the acceptance and its record, the mail is sent again with the same Message-ID, by which
   * receivers can recognize it. Throws PostponeJobError; UnrecoverableJobError if the mail is refused or the address is
   * invalid, since mail programs may read such an address differently.
   */
  async send(mail: Mail): Promise<void> {
    if (await this.sent.has(mail.id)) return;
    let file: string | undefined;
    try {
      file = await inSpan('mail', { 'aerie.mail_id': mail.id }, () => this.deliver(mail));
      MAILS.add({ outcome: 'sent' });
    } catch (error) {
      MAILS.add({ outcome: error instanceof UnrecoverableJobError ? 'refused' : 'postponed' });
      throw error;
    }
    await this.sent.add(mail.id);
    this.logger.log('Mail sent', { mail_id: mail.id, subject: mail.subject, file });
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.transport)?.close();
  }

  /** Returns the path of the text file if the mail was written to a file. */
  private async deliver({ id, to, subject, text, html }: Mail): Promise<string | undefined> {
    const address = emailAddress(to);
    if ('reason' in address) throw new UnrecoverableJobError(`The mail has no valid address: ${address.reason}`);
    const message: Message = {
      from: this.from,
      to: { name: '', address: address.email }, // an object is always a single address, whatever it contains
      subject: subject.replace(CONTROL, ' '),
      date: new Date(),
      text,
    };
    const mail: SendMailOptions = {
      ...message,
      html,
      messageId: `<${id}@${this.domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' }, // no automatic replies, such as vacation notices (RFC 3834)
    };
    const transport = await (this.transport ??= openTransport(this.smtp));
    if (this.folder !== undefined) return writeFiles(join(this.folder, id), message, await transport.sendMail(mail));
    await transport.sendMail(mail).catch((error: unknown) => {
      throw outcomeOf(error);
    });
    return undefined;
  }
}

/**
 * Writes a mail to two files that only their owner can read, since it may contain secrets. The encoding of a mail splits
 * links, so people read the text file. Returns its path.
 */
async function writeFiles(path: string, message: Message, sent: unknown): Promise<string> {
  makeFolder(dirname(path));
  await writeFile(`${path}.txt`, readableMail(message), { mode: 0o600 });
  await writeFile(`${path}.eml`, (sent as { message: Buffer }).message, { mode: 0o600 });
  return `${path}.txt`;
}

/** Returns the sender's domain, in ASCII. Message-IDs are unique within it (RFC 5322 §3.6.4). */
function domainOf(from: string): string {
  const [, domain = ''] = /@([^@>\s]+)>?\s*$/.exec(from) ?? [];
  return domainToASCII(domain) || 'localhost';
}

/**
 * Creates the transport to the mail server, or one that renders mails as text. Loads nodemailer, so that processes that
 * send no mail do without it.
 */
async function openTransport(smtp: string | undefined): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  if (smtp === undefined) return createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return createTransport({ url: smtp, connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 20_000 });
}
