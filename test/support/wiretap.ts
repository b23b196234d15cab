import type { Socket } from 'node:net';
import { Door } from './door.js';
import { eventually } from './factories.js';

/** The application's own connections; those of the queue ask whenever they like. */
const HEARD = /^aerie(-analysis|-exports)?$/;
/** What a connection is opened with: no request is the reason. */
const PREAMBLE = /^(select set_config\(name, value, false\)|do \$\$ declare\n  wanted)/;

/** A way to the database that hears what the application says on it, and what PostgreSQL answers besides the rows. */
export class Wiretap {
  private constructor(
    private readonly door: Door,
    private readonly lines: Line[],
  ) {}

  static async start(database = new URL(databaseUrl)): Promise<Wiretap> {
    const lines: Line[] = [];
    return new Wiretap(await Door.open(database, (socket, behind) => lines.push(new Line(socket, behind))), lines);
  }

  /** For DATABASE_URL. */
  get url(): string {
    return this.door.url;
  }

  /** What was heard while the work was done, and until PostgreSQL had nothing to do for the application any more. */
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

/** One connection: the messages of PostgreSQL's protocol (documentation, chapter 54) as they go by. */
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

  /** Nothing is asked that is not answered, and no transaction is open. */
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

/** Cuts a stream into messages: a letter, which the very first one has not, and a length that counts itself. */
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
