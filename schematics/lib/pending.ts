import type { Feature } from './feature.ts';
import { isRenamedTo } from './rename-column.ts';
import type { Sources } from './project.ts';
import { Refusal } from './refusal.ts';
import { isGone } from './column.ts';

/**
 * Throws a Refusal if a field cannot be renamed or removed now: it is the owner of the row, or the trigger of an earlier
 * rename still writes its column. Two triggers would undo each other's changes.
 */
export function refusePending(field: string, { names, entity }: Feature, sources: Sources): void {
  if (field === 'user_id')
    throw new Refusal(`user_id of ${names.file} cannot be changed: it refers to the owner of the row`);
  const gone = sources.file(entity).getClassOrThrow(names.Class).getProperties().filter(isGone);
  const former = gone.find((one) => isRenamedTo(sources.tree, names, one.getName(), field))?.getName();
  if (former !== undefined)
    throw new Refusal(
      `First remove ${former}: it was renamed to ${field}, and a trigger keeps both columns equal until ${former} is dropped`,
    );
}
