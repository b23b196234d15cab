import type { Socket } from 'node:net';
import { Door } from './door.js';
import { eventually } from './factories.js';

/** The application's own connections. Those of the job queue send statements at any time. */
const HEARD = /^aerie(-analysis|-exports)?$/;
/** The statements that set up a new connection and do not belong to a request. */
const PREAMBLE = /^(select set_config\(name, value, false\)|do \$\$ declare\n  wanted)/;

/** A proxy in front of the database that records the application's statements, and PostgreSQL's notices. */
export class Wiretap {
  private constructor(
    private readonly door: Door,
    private readonly lines: Line[],
  ) {}

  static async start(database = new URL(databaseUrl)): Promise<Wiretap> {
    const lines: Line[] = [];
    return new Wiretap(await Door.open(database, (socket, behind) => lines.push(new Line(socket, behind))), lines);
  }

  /** The database URL through the proxy, for DATABASE_URL. */
  get url(): string {
    return this.door.url;
  }

  /** Runs the work. Returns its answer, and the statements and notices until the application's connections are idle. */
  async during<T>(work: () => PromiseLike<T>): Promise<{ answer: T; statements: string[]; notices: string[] }> {
    for (const line of this.lines) line.forget();
    const answer = await work();
    await eventually(() => Promise.resolve(this.lines.every((line) => line.rests) || undefined));
    const heard = this.lines.filter(({ name }) => HEARD.test(name));
    return {
      answer,
      statements: heard.flatMap(({ statements }) => statements).filter((text) => !PREAMBLE.test(text)),
      notices: heard.flatMap(({ notices }) => notices),
    };
  }

  stop(): void {
    this.door.close();
  }
}

/** Follows the messages of PostgreSQL's protocol (documentation, chapter 54) on one connection. */
class Line {
  statements: string[] = [];
  notices: string[] = [];
  name = '';
  private readonly texts = new Map<string, string>();
  private bound = '';
  private unanswered = 0;
  private idle = true;

  constructor(
    private readonly socket: Socket,
    behind: Socket,
  ) {
    const said = framer((type, body) => this.hearApplication(type, body), true);
    const answered = framer((type, body) => this.hearDatabase(type, body), false);
    socket.on('data', said);
    behind.on('data', answered);
  }

  /** Whether every message has its answer and no transaction is open. */
  get rests(): boolean {
    return this.socket.destroyed || !HEARD.test(this.name) || (this.unanswered === 0 && this.idle);
  }

  forget(): void {
    this.statements = [];
    this.notices = [];
  }

  private hearApplication(type: string, body: Buffer): void {
    const [first = '', second = ''] = body.toString('utf8').split('\0', 2);
    if (type === '') this.name = /\0application_name\0([^\0]*)/.exec(body.toString('latin1'))?.[1] ?? '';
    if (type === 'P') this.texts.set(first, second);
    if (type === 'B') this.bound = second;
    if (type === 'E') this.statements.push(this.texts.get(this.bound) ?? '');
    if (type === 'Q') this.statements.push(first);
    if (['', 'Q', 'S'].includes(type)) this.unanswered++;
  }

  private hearDatabase(type: string, body: Buffer): void {
    if (type === 'N') this.notices.push(/\0M([^\0]*)/.exec(body.toString('utf8'))?.[1] ?? '');
    if (type !== 'Z') return;
    this.unanswered--;
    this.idle = body.toString() === 'I';
  }
}

/**
 * Splits a stream into messages: a letter, which the very first message does not have, and a length that includes
 * itself.
 */
function framer(hear: (type: string, body: Buffer) => void, greets: boolean): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let letters = greets ? 0 : 1;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= letters + 4 && rest.length >= letters + rest.readInt32BE(letters)) {
      const end = letters + rest.readInt32BE(letters);
      hear(rest.toString('latin1', 0, letters), rest.subarray(letters + 4, end));
      rest = rest.subarray(end);
      letters = 1;
    }
  };
}
