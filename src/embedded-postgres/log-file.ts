import { appendFileSync, closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;

/**
 * The log file of an embedded server, with the lines of PostgreSQL and the supervisor. Only the server's account can
 * read it. It is rotated at 10 MiB.
 */
export class LogFile {
  /** The byte offset at which the lines of this supervisor begin. */
  private start = 0;

  constructor(readonly path: string) {
    closeSync(this.open());
    this.rotateIfLarge();
    this.start = statSync(this.path).size;
    setInterval(() => this.rotateIfLarge(), CHECK_INTERVAL_MS).unref();
  }

  /** Opens the file for the server's output. Returns the descriptor, which the caller closes. */
  open(): number {
    return openSync(this.path, 'a', 0o600);
  }

  /** Appends a line of the supervisor. */
  write(text: string): void {
    const time = new Date().toISOString().replace('T', ' ').replace('Z', ' UTC');
    appendFileSync(this.path, `${time} [${process.pid}] SUPERVISOR: ${text}\n`);
  }

  /** Returns the last lines since this supervisor started, for error messages. */
  tail(lines = 15): string {
    const text = readFileSync(this.path).subarray(this.start).toString().trimEnd();
    return text.split('\n').slice(-lines).join('\n');
  }

  // PostgreSQL keeps the file open for appending, so the file is copied and truncated instead of renamed.
  private rotateIfLarge(): void {
    if (statSync(this.path).size <= MAX_BYTES) return;
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
    this.start = 0;
  }
}
