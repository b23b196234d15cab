import type { Activity } from '../kernel/context/activity.js';
import type { LogSink } from '../kernel/logging/logger.js';

// The latest requests and jobs of this process, so that the history of each can be read.

const NEWLINE = 10;
/** The maximum number of statement texts that are stored once. Texts come from the code; only searches have many. */
const MAX_TEXTS = 2000;
/** The maximum size of a line, as a share of the memory. */
const MAX_LINE_SHARE = 1 / 16;
/** The number of characters that are written to the ring together. */
const MAX_BATCH = 16_384;

/** A log line, or a line about an activity with its statements (text, start and duration in milliseconds). */
export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly statements?: readonly (readonly [text: string, at: number, ms: number])[];
}

/** A line as it is stored: most texts are replaced by a number. */
interface StoredLine extends Readonly<Record<string, unknown>> {
  readonly statements?: readonly (readonly [text: string | number, at: number, ms: number])[];
}

/**
 * Keeps log lines, and the statements of requests and of attempts at jobs, in a ring buffer: the newest replace the
 * oldest. It stores bytes, since objects that live for minutes would cost more time in garbage collection than writing
 * bytes does.
 */
export class RequestHistory implements LogSink {
  private ring: Buffer | undefined;
  /** The position at which the next line is written. The remainder of the oldest line follows it. */
  private position = 0;
  private readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** Lines that are not in the ring yet. Writing several at once is faster. */
  private pending = '';
  private readonly batch: number;

  constructor(private readonly bytes: number) {
    this.batch = Math.min(MAX_BATCH, bytes * MAX_LINE_SHARE);
  }

  add(line: string): void {
    if (line.length > this.bytes * MAX_LINE_SHARE) return;
    this.pending += line;
    if (this.pending.length >= this.batch) this.write();
  }

  /** Writes the pending lines to the ring. */
  private write(): void {
    const ring = (this.ring ??= Buffer.alloc(this.bytes)); // zeros take no memory until they are written to
    if (this.position + Buffer.byteLength(this.pending) > this.bytes) {
      ring.fill(NEWLINE, this.position);
      this.position = 0;
    }
    this.position += ring.write(this.pending, this.position);
    this.pending = '';
  }

  addActivity(facts: string, { statements }: Activity): void {
    let list = '';
    for (let i = 0; i < statements.length; i += 3) {
      const [text, at, ms] = [statements[i] as string, statements[i + 1] as number, statements[i + 2] as number];
      list += `${i === 0 ? '' : ','}[${this.numberOf(text)},${rounded(at)},${rounded(ms)}]`;
    }
    this.add(`{${facts},"statements":[${list}]}\n`);
  }

  /**
   * Returns the lines of a request, oldest first: log lines, and lines with `statements` (text, start, duration in ms).
   */
  find(request_id: string): LogLine[] {
    if (this.pending !== '') this.write();
    if (this.ring === undefined) return [];
    const oldest = this.ring.indexOf(NEWLINE, this.position);
    const older = oldest < 0 ? [] : linesWith(this.ring.subarray(oldest), request_id);
    return [...older, ...linesWith(this.ring.subarray(0, this.position), request_id)].map((line) =>
      this.complete(line),
    );
  }

  private complete({ statements, ...line }: StoredLine): LogLine {
    if (statements === undefined) return line;
    const textOf = (text: string | number) => (typeof text === 'number' ? this.texts[text]! : text);
    return { ...line, statements: statements.map(([text, at, ms]) => [textOf(text), at, ms] as const) };
  }

  private numberOf(text: string): number | string {
    let number = this.numbers.get(text);
    if (number === undefined) {
      if (this.texts.length === MAX_TEXTS) return JSON.stringify(text);
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}

/** Rounds to hundredths. Faster than `toFixed`. */
const rounded = (ms: number) => Math.round(ms * 100) / 100;

function linesWith(bytes: Buffer, request_id: string): StoredLine[] {
  const wanted = `"request_id":${JSON.stringify(request_id)}`;
  const found: StoredLine[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0;) {
    const end = bytes.indexOf(NEWLINE, at);
    const line = JSON.parse(bytes.toString('utf8', bytes.lastIndexOf(NEWLINE, at) + 1, end)) as StoredLine;
    if (line['request_id'] === request_id) found.push(line); // the id may also occur in the data of another request
    at = bytes.indexOf(wanted, end);
  }
  return found;
}
