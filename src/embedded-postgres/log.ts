import { appendFileSync, closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

const MOST_BYTES = 10 * 1024 * 1024;
const CHECK_EVERY_MS = 60_000;

/** The one log of an embedded server: PostgreSQL's own lines and the supervisor's. Readable by its account only, and bounded. */
export class Log {
  private began = 0;

  constructor(readonly file: string) {
    closeSync(this.open());
    this.bound();
    this.began = statSync(this.file).size;
    setInterval(() => this.bound(), CHECK_EVERY_MS).unref();
  }

  /** A descriptor for the server's output. The caller closes it. */
  open(): number {
    return openSync(this.file, 'a', 0o600);
  }

  note(text: string): void {
    const time = new Date().toISOString().replace('T', ' ').replace('Z', ' UTC');
    appendFileSync(this.file, `${time} [${process.pid}] SUPERVISOR: ${text}\n`);
  }

  /** The last lines since this supervisor began, for the message of an error. */
  tail(lines = 15): string {
    const text = readFileSync(this.file).subarray(this.began).toString().trimEnd();
    return text.split('\n').slice(-lines).join('\n');
  }

  // The server holds the file open in append mode, so it is emptied in place rather than renamed.
  private bound(): void {
    if (statSync(this.file).size <= MOST_BYTES) return;
    copyFileSync(this.file, `${this.file}.1`);
    truncateSync(this.file);
    this.began = 0;
  }
}
