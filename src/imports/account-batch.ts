import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Jobs } from '../jobs/jobs.service.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { AppError } from '../kernel/errors/app-error.js';
import { ValidationFailed, valueError } from '../kernel/errors/validation-failed.js';
import { hashOfNone } from '../users/password.js';
import type { Passwords } from '../users/passwords.js';
import { emailTaken } from '../users/users.errors.js';
import { WelcomeMail } from '../users/welcome-mail.js';
import type { ImportProgress } from './import-progress.js';
import type { ImportState } from './import-state.js';
import type { UserImportRow } from './imports.dto.js';

const MAX_ROWS = 500;
/** Hashing a password takes 50 ms, so that a batch is committed every few seconds. */
const MAX_PASSWORDS = 50;
const BUSY_MS = 200;

const TAKEN = 'select email from users where email = any($1::text[])';
const ADD = `
  insert into users (email, name, role, password_hash)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
  on conflict on constraint users_email_key do nothing returning email`;

interface Given {
  readonly line: number;
  readonly row: UserImportRow;
}

interface Hashed extends Given {
  readonly hash: string;
}

interface Surroundings {
  readonly db: EntityManager;
  readonly jobs: Jobs;
  /** Undefined in a dry run, which writes nothing. */
  readonly progress: ImportProgress | undefined;
  readonly welcome: boolean;
}

/** A batch of valid rows, whose accounts are created in one transaction. */
export class AccountBatch {
  private given: Given[] = [];
  private passwordCount = 0;
  private pending = 0;
  /** The addresses of earlier rows in a dry run, which are not in the database. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly state: ImportState,
    private readonly passwords: Passwords,
    private readonly surroundings: Surroundings,
  ) {}

  get full(): boolean {
    return this.pending >= MAX_ROWS || this.passwordCount >= MAX_PASSWORDS;
  }

  add(line: number, row: UserImportRow): void {
    this.given.push({ line, row });
    this.pending++;
    if (row.password != null) this.passwordCount++;
  }

  /** Creates the accounts. In a dry run, only counts those that would be created. */
  async flush(): Promise<void> {
    const { progress } = this.surroundings;
    if (progress && this.state.rows === progress.rows) return; // all rows were committed before
    const made = await this.hashed(await this.free());
    if (progress) await this.write(made, progress);
    else this.state.created += made.length;
    this.state.sort();
    [this.given, this.passwordCount, this.pending] = [[], 0, 0];
  }

  /**
   * Returns the rows whose address is not in use, and refuses the others. Of several rows with the same address, the
   * first is returned.
   */
  private async free(): Promise<Given[]> {
    const { db, progress } = this.surroundings;
    const { rows } = await execute(db, TAKEN, [this.given.map(({ row }) => row.email)]);
    const taken = new Set([...rows.map(([email]) => email as string), ...this.seen]);
    return this.given.filter((given) => {
      const { email } = given.row;
      if (taken.has(email)) return this.refuseTaken(given);
      taken.add(email);
      if (!progress) this.seen.add(email);
      return true;
    });
  }

  private refuseTaken({ line, row }: Given): false {
    this.state.refuse(line, [valueError(['body', line, 'email'], emailTaken().message, row.email)]);
    return false;
  }

  private async hashed(given: readonly Given[]): Promise<Hashed[]> {
    const made = [];
    for (const one of given) {
      try {
        made.push({ ...one, hash: await this.hashOf(one) });
      } catch (error) {
        if (!(error instanceof ValidationFailed)) throw error;
        this.state.refuse(one.line, error.errors);
      }
    }
    return made;
  }

  /**
   * Returns the hash of a row's password; in a dry run, only checks the password. Hashes one password at a time and
   * retries while the server is busy, so that sign-ins go first. Throws ValidationFailed.
   */
  private async hashOf({ line, row }: Given): Promise<string> {
    const { password } = row;
    if (password == null) return hashOfNone();
    const loc = ['body', line, 'password'];
    if (!this.surroundings.progress) {
      await this.passwords.check(password, row, loc);
      return '';
    }
    for (;;) {
      try {
        return await this.passwords.hashNew(password, row, loc);
      } catch (error) {
        if (!(error instanceof AppError) || error.getStatus() !== 503) throw error;
        await sleep(BUSY_MS);
      }
    }
  }

  private async write(made: readonly Hashed[], progress: ImportProgress): Promise<void> {
    const { db, jobs, welcome } = this.surroundings;
    const { created, refused, refusals } = this.state;
    await transaction(db, async (tx) => {
      Object.assign(this.state, { created, refused, refusals: [...refusals] }); // the transaction may be retried
      const emails = await add(tx, made);
      this.state.created += emails.size;
      for (const one of made) if (!emails.has(one.row.email)) this.refuseTaken(one); // taken since the check
      this.state.sort();
      if (welcome) for (const email of emails) await jobs.enqueue(tx, WelcomeMail, { email });
      const { actor_id, id } = progress.auditedBy;
      const details = { import_id: id, created: emails.size };
      await audit(tx, { actor_id, action: 'users.imported', subject: 'users', details });
      await progress.advance(tx, this.state);
    });
    progress.committed(this.state);
  }
}

/** Creates the accounts. Returns the addresses of those that were created. */
async function add(tx: EntityManager, made: readonly Hashed[]): Promise<Set<string>> {
  const { rows } = await execute(tx, ADD, [
    made.map(({ row }) => row.email),
    made.map(({ row }) => row.name),
    made.map(({ row }) => row.role),
    made.map(({ hash }) => hash),
  ]);
  return new Set(rows.map(([email]) => email as string));
}
