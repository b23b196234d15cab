import { QueryRunnerAlreadyReleasedError, type QueryRunner } from 'typeorm';
import type { Client } from 'pg';
import type { IsolationLevel, IsolationLevelError } from './isolation-level.js';

// What is known of a transaction while code runs in it, and of the query runners that use it.

/** A transaction or a savepoint in which code runs. */
export class TransactionScope {
  state: 'open' | 'done' | 'rolled back' = 'open';
  /** Resolves when all its savepoints have ended: on one connection they cannot overlap. */
  savepoints: Promise<unknown> | undefined;
  /** The number of savepoints that nested query runners have created, for their names. */
  savepointCount = 0;
  /** Makes it fail, although the code inside may have caught it. */
  refusal: IsolationLevelError | undefined;

  constructor(
    readonly runner: QueryRunner,
    readonly isolation: IsolationLevel,
    /** The scope of the code that began it. Its data source may be another one. */
    readonly around: TransactionScope | undefined,
    /** The scope that it is a savepoint of. */
    readonly outer: TransactionScope | undefined,
    /** Returns a promise that settles when PostgreSQL has answered COMMIT or ROLLBACK. */
    readonly ended: () => Promise<unknown>,
  ) {}

  /** The whole transaction. */
  get outermost(): TransactionScope {
    return this.outer?.outermost ?? this;
  }

  /** Whether neither it nor a scope that it is a part of was rolled back. */
  get isKept(): boolean {
    return this.state !== 'rolled back' && (this.outer?.isKept ?? true);
  }

  /** Throws an Error if it was rolled back, or a scope that it is a part of. */
  assertKept(): void {
    if (!this.isKept) throw rolledBack();
  }

  /** Waits until its savepoints have ended, also those that begin meanwhile. Returns whether there were any. */
  async savepointsEnded(): Promise<boolean> {
    let last: Promise<unknown> | undefined;
    while (last !== this.savepoints) {
      last = this.savepoints;
      await last;
    }
    return last !== undefined;
  }
}

interface Savepoint {
  readonly name: string;
  /** The scope of the code that runs in it, if there is a callback. */
  scope?: TransactionScope;
}

/** The state of a nested query runner. */
export class NestedState {
  readonly savepoints: Savepoint[] = [];
  isReleased = false;

  constructor(readonly outer: TransactionScope) {}

  /** The innermost scope of the code that uses the runner. */
  get scope(): TransactionScope {
    return this.savepoints.at(-1)?.scope ?? this.outer;
  }
}

const states = new WeakMap<QueryRunner, NestedState>();
const rollingBack = new WeakSet<QueryRunner>();

/** Returns the state of a nested query runner; undefined for others. */
export const nestedStateOf = (runner: QueryRunner) => states.get(runner);

export function setNestedState(runner: QueryRunner, state: NestedState): void {
  states.set(runner, state);
}

/** Throws an Error if the query runner was released, or if its transaction was rolled back. */
export function assertUsable(runner: QueryRunner): void {
  if (runner.isReleased) throw new QueryRunnerAlreadyReleasedError();
  if (rollingBack.has(runner)) throw rolledBack();
  states.get(runner)?.scope.assertKept();
}

/**
 * Lets the query runner send only its ROLLBACK until that is answered. What else still uses it would be committed by
 * itself afterwards. If it is released before, as after an error of a subscriber, its connection is closed: it would
 * still be in the transaction.
 */
export function onlyRollback(runner: QueryRunner): void {
  const send = runner.query.bind(runner) as (text: string) => Promise<unknown>;
  const free = runner.release.bind(runner);
  rollingBack.add(runner);
  const query = async (text: string): Promise<unknown> => {
    if (!text.startsWith('ROLLBACK')) throw rolledBack();
    try {
      return await send(text);
    } finally {
      end();
    }
  };
  const release = async (): Promise<void> => {
    end();
    void ((await runner.connect()) as Client).end();
    await free();
  };
  const end = () => {
    rollingBack.delete(runner);
    for (const name of ['query', 'release']) Reflect.deleteProperty(runner, name);
  };
  Object.defineProperties(runner, {
    query: { value: query, configurable: true },
    release: { value: release, configurable: true },
  });
}

/** The error of code that continues after its transaction was rolled back: it would write only a part of it. */
const rolledBack = () => new Error('The transaction was rolled back and cannot be used any more');
