import { appendFileSync, closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;

/** The log of an embedded server: PostgreSQL's lines and the supervisor's. Only its account can read it. It is rotated at 10 MiB. */
export class LogFile {
  /** Where the lines of this supervisor begin. */
  private start = 0;

  constructor(readonly path: string) {
    closeSync(this.open());
    this.rotateIfLarge();
    this.start = statSync(this.path).size;
    setInterval(() => this.rotateIfLarge(), CHECK_INTERVAL_MS).unref();
  }

  /** A descriptor for the server's output. The caller closes it. */
  open(): number {
    return openSync(this.path, 'a', 0o600);
  }

  /** Writes a line of the supervisor's own. */
  write(text: string): void {
    const time = new Date().toISOString().replace('T', ' ').replace('Z', ' UTC');
    appendFileSync(this.path, `${time} [${process.pid}] SUPERVISOR: ${text}\n`);
  }

  /** The last lines since this supervisor began, for the message of an error. */
  tail(lines = 15): string {
    const text = readFileSync(this.path).subarray(this.start).toString().trimEnd();
    return text.split('\n').slice(-lines).join('\n');
  }

  // PostgreSQL holds the file open to append to it, so the file is copied and emptied rather than renamed.
  private rotateIfLarge(): void {
    if (statSync(this.path).size <= MAX_BYTES) return;
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
    this.start = 0;
  }
}
