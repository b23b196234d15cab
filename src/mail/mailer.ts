import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config } from '../kernel/config.js';
import { Logger } from '../kernel/logging/logger.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stable over retries, e.g. the job's id: it becomes the `Message-ID`. */
  readonly id: string;
}

/** Sends a mail: to SMTP_URL, or as a file into DATA_DIR/mail. Throws what the mail server says when it refuses. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter;
  private readonly folder: string | undefined;
  private readonly from: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {
    const { SMTP_URL, MAIL_FROM, DATA_DIR } = config.values;
    this.from = MAIL_FROM;
    this.folder = SMTP_URL === undefined ? join(DATA_DIR, 'mail') : undefined;
    this.transport =
      SMTP_URL === undefined
        ? createTransport({ streamTransport: true, buffer: true, newline: 'unix' })
        : createTransport({ url: SMTP_URL, connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 20_000 });
  }

  async send({ id, ...mail }: Mail): Promise<void> {
    const messageId = `<${id}@aerie>`;
    const sent: unknown = await this.transport.sendMail({ ...mail, from: this.from, messageId });
    if (this.folder !== undefined) await this.keep(id, (sent as { message: Buffer }).message);
    this.logger.log('Mail sent', { mail_id: id, subject: mail.subject });
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }

  private async keep(id: string, message: Buffer): Promise<void> {
    await mkdir(this.folder!, { recursive: true });
    await writeFile(join(this.folder!, `${id}.eml`), message, { mode: 0o600 });
  }
}
