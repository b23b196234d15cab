import type { Begin } from './call.js';
import { ApiError, ConnectionError, IntegrityError } from './errors.js';
import { sleep, unlessAborted, within, type Retries } from './retries.js';
import type { BodyOf, CallOptions, IdOf, OperationId, ResultOf } from './types.js';

/** The options of an update. Each round has its own key and precondition. */
export type UpdateOptions = Pick<CallOptions, 'signal' | 'deadlineMs' | 'attemptMs'>;
/** Returns the changes to a resource as it was read. It is called again if the resource has changed meanwhile. */
export type Change<Read, Patch> = (current: Read) => Patch | Promise<Patch>;

/** A known type without other fields. By default the compiler lets a function return additional ones. */
type Only<Known, T> = Known & { readonly [K in Exclude<keyof T, keyof Known>]: never };

/**
 * Returns a function that reads a resource, and changes it only if it is still what was read. It starts again if
 * another client was faster, so no change is lost.
 */
export function updater<R extends OperationId, W extends OperationId>(update: Update, read: R, write: W) {
  return <P extends Only<BodyOf<W>, P>>(id: IdOf<R>, change: Change<ResultOf<R>, P>, options?: UpdateOptions) =>
    update(read, write, id as number, change as Change<unknown, unknown>, options) as Promise<ResultOf<W>>;
}

/** The same for a resource of which there is only one. */
export function updaterOfOne<R extends OperationId, W extends OperationId>(update: Update, read: R, write: W) {
  return <P extends Only<BodyOf<W>, P>>(change: Change<ResultOf<R>, P>, options?: UpdateOptions) =>
    update(read, write, undefined, change as Change<unknown, unknown>, options) as Promise<ResultOf<W>>;
}

export type Update = ReturnType<typeof updateBy>;

export function updateBy(begin: Begin, retries: Retries) {
  return async (
    read: OperationId,
    write: OperationId,
    id: number | undefined,
    change: Change<unknown, unknown>,
    { signal, attemptMs, deadlineMs = retries.policy.deadlineMs }: UpdateOptions = {},
  ): Promise<unknown> => {
    const call = begin();
    const deadline = performance.now() + deadlineMs;
    const options = () => ({ signal, attemptMs, deadlineMs: deadline - performance.now() });
    for (let rounds = 0; ; rounds++) {
      const { data, headers } = await call(read, { path: id }, options());
      const ifMatch = headers.get('ETag');
      if (ifMatch === null)
        throw new IntegrityError(`The response to ${read} has no ETag. A proxy may have removed it`);
      const late = () =>
        new ConnectionError(write, undefined, new Error('The deadline passed before the change could be sent'));
      const body = await within(Math.max(1, deadline - performance.now()), signal, async (until) => {
        const changes = Promise.resolve(change(data)); // may never end
        return unlessAborted(changes, until).catch((error: unknown) => {
          throw until.aborted && !signal?.aborted ? late() : error;
        });
      });
      if (performance.now() >= deadline) throw late();
      try {
        return (await call(write, { path: id, body }, { ...options(), ifMatch })).data;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 412)) throw error;
        const pause = retries.pauseAfter(error, rounds);
        if (performance.now() + pause >= deadline) throw error;
        await sleep(pause, signal);
      }
    }
  };
}
