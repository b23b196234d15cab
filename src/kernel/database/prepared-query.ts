import pg from 'pg';
import type { FieldDef, Submittable } from 'pg';
import type { Duplex } from 'node:stream';
import type { PendingStatement } from './statement-deadlines.js';
import { kindOf, statementBegan, statementEnded } from './statement-durations.js';
import { bindMessage, DESCRIBE_EXECUTE_AND_SYNC, EXECUTE, EXECUTE_AND_SYNC } from './bind-message.js';

/** What a statement gave: rows as lists of values, in the order of the fields. */
export interface Rows {
  readonly fields: readonly FieldDef[];
  readonly rows: readonly unknown[][];
}

/** A text that is run again and again. */
export class Statement {
  fields: readonly FieldDef[] = [];
  /** Makes of a column's text what it says; undefined for texts. */
  parsers: readonly (((text: string) => unknown) | undefined)[] = [];
  /** Whether these are its columns; a value that PostgreSQL refuses comes before it tells them. */
  isDescribed = false;
  /** Its first word. */
  readonly kind: string;

  /** Without a name PostgreSQL parses it each time, and plans it for the very values. */
  constructor(
    readonly text: string,
    readonly name: string,
  ) {
    this.kind = kindOf(text);
  }

  describe(fields: readonly FieldDef[]): void {
    this.fields = fields;
    this.parsers = fields.map(({ dataTypeID: type }) => (TEXTS.has(type) ? undefined : parserOfType(type)));
  }
}

/** Those whose text is what they say. */
const TEXTS: ReadonlySet<number> = new Set([pg.types.builtins.TEXT, pg.types.builtins.VARCHAR]);
const parserOfType: (type: number) => (text: string) => unknown = pg.types.getTypeParser;

/** As much of pg's connection as its own queries use. */
interface Connection {
  readonly stream: Duplex;
  readonly parsedStatements: Readonly<Record<string, string>>;
  parse(message: { name: string; text: string }): void;
}

type Ended = (error: Error | undefined, rows: unknown[][]) => void;

/** Begins a transaction, in the words of TypeORM. */
export const BEGIN = new Statement('START TRANSACTION', 'aerie_begin');
const BEGIN_FIRST = bindMessage(BEGIN.name, [], EXECUTE);

/**
 * One run of a statement, in the place of pg's own query, which asks for the columns and makes a result of its own each
 * time: here a connection tells them once, and sends rows from then on. `ended` is called once.
 */
export class PreparedQuery implements Submittable, PendingStatement {
  deadline: NodeJS.Timeout | undefined;
  /**
   * A transaction begins with it, on a connection that knows BEGIN: in the same message, so that nobody waits for an answer
   * of its own, and PostgreSQL runs neither or both.
   */
  isFirst = false;
  readonly name: string;
  readonly text: string;
  private readonly rows: unknown[][] = [];
  private error: Error | undefined;
  private connection: Connection | undefined;
  private began: number | undefined;

  constructor(
    private readonly statement: Statement,
    private readonly values: readonly unknown[],
    private readonly ended: Ended,
  ) {
    this.name = statement.name;
    this.text = statement.text;
  }

  get stream(): Duplex | undefined {
    return this.connection?.stream;
  }

  submit(connection: object): void {
    this.connection = connection as Connection;
    this.began = statementBegan();
    const { stream, parsedStatements } = this.connection;
    const isKnown = this.name !== '' && parsedStatements[this.name] !== undefined;
    const isDescribed = isKnown && this.statement.isDescribed;
    const message = bindMessage(this.name, this.values, isDescribed ? EXECUTE_AND_SYNC : DESCRIBE_EXECUTE_AND_SYNC);
    if (!stream.writable) return; // it has ended, and says so to all its queries
    const sent = this.isFirst ? Buffer.concat([BEGIN_FIRST, message]) : message;
    if (isKnown) return void stream.write(sent);
    stream.cork();
    this.connection.parse(this);
    stream.write(sent);
    stream.uncork();
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.statement.describe(fields);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const row: unknown[] = fields;
    const { parsers } = this.statement;
    try {
      for (let i = 0; i < fields.length; i++) {
        const parse = parsers[i];
        const text = fields[i];
        if (parse !== undefined && text !== null) row[i] = parse(text!);
      }
      this.rows.push(row);
    } catch (error) {
      this.error = error as Error;
    }
  }

  /** One for each statement in the message. */
  handleCommandComplete(): void {}

  /** PostgreSQL has refused it, or the connection is lost. */
  handleError(error: Error): void {
    this.end(error);
  }

  handleReadyForQuery(): void {
    this.statement.isDescribed = true;
    this.end(this.error);
  }

  private end(error: Error | undefined): void {
    clearTimeout(this.deadline);
    statementEnded(this.began, this.statement.kind);
    this.ended(error, this.rows);
  }
}
