import type { Begin } from './call.js';
import { ApiError, IntegrityError } from './errors.js';
import type { Retries } from './retries.js';
import type { BodyOf, CallOptions, IdOf, OperationId, ResultOf } from './types.js';

/** Each round has a key and a precondition of its own. */
export type UpdateOptions = Pick<CallOptions, 'signal' | 'deadlineMs'>;
/** What is to be changed of a resource that is as it was read. It is asked again if that has changed meanwhile. */
export type Change<Read, Patch> = (current: Read) => Patch | Promise<Patch>;

/** A known type, and no fields but those: the compiler lets a function return others, too. */
type Only<Known, T> = Known & { readonly [K in Exclude<keyof T, keyof Known>]: never };

/** Reads, changes only what was read, and begins anew when another was faster: no change of theirs is lost. */
export function updater<R extends OperationId, W extends OperationId>(update: Update, read: R, write: W) {
  return <P extends Only<BodyOf<W>, P>>(id: IdOf<R>, change: Change<ResultOf<R>, P>, options?: UpdateOptions) =>
    update(read, write, id as number, change as Change<unknown, unknown>, options) as Promise<ResultOf<W>>;
}

/** The same of what there is only one of. */
export function updaterOfOne<R extends OperationId, W extends OperationId>(update: Update, read: R, write: W) {
  return <P extends Only<BodyOf<W>, P>>(change: Change<ResultOf<R>, P>, options?: UpdateOptions) =>
    update(read, write, undefined, change as Change<unknown, unknown>, options) as Promise<ResultOf<W>>;
}

export type Update = ReturnType<typeof updateBy>;

export function updateBy(begin: Begin, { policy }: Retries) {
  return async (
    read: OperationId,
    write: OperationId,
    id: number | undefined,
    change: Change<unknown, unknown>,
    { signal, deadlineMs = policy.deadlineMs }: UpdateOptions = {},
  ): Promise<unknown> => {
    const call = begin();
    const deadline = performance.now() + deadlineMs;
    const options = () => ({ ...(signal && { signal }), deadlineMs: Math.max(1, deadline - performance.now()) });
    for (;;) {
      const { data, headers } = await call(read, { path: id }, options());
      const ifMatch = headers.get('ETag');
      if (ifMatch === null) throw new IntegrityError(`What stands between hides the ETag of ${read}`);
      const body = await change(data);
      try {
        return (await call(write, { path: id, body }, { ...options(), ifMatch })).data;
      } catch (error) {
        const isOutdated = error instanceof ApiError && error.status === 412;
        if (!isOutdated || performance.now() >= deadline) throw error;
      }
    }
  };
}
