import type { Resource } from './resource.js';

interface Described {
  readonly operationId: string;
  readonly path: string;
  readonly tags: readonly string[];
}

type Resources = ReadonlyMap<string, Resource>;

const paramsOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
const named = (resources: Resources, param: string) =>
  [...resources.values()].some(({ subjects = {} }) => param in subjects);

/** Returns the resource file of a tag, anywhere below test/, by default `test/posts/posts.resource.ts`. */
export function fileOf(tag: string, resources: Resources): string {
  return [...resources.keys()].find((path) => path.endsWith(`/${tag}.resource.ts`)) ?? `test/${tag}/${tag}.resource.ts`;
}

/** Whether the resource files declare how to call the operation. */
export function isDeclared({ operationId, path, tags }: Described, resources: Resources): boolean {
  const resource = resources.get(fileOf(tags[0]!, resources));
  return (
    resource !== undefined && operationId in resource.access && paramsOf(path).every((one) => named(resources, one))
  );
}

/**
 * Returns what resource files do not declare of the application's operations, and what they declare of unknown ones:
 * one sentence per mistake.
 */
export function undeclared(operations: readonly Described[], resources: Resources): string[] {
  const tags = [...new Set(operations.flatMap((operation) => operation.tags))];
  const missing = tags.flatMap((tag) => {
    const ofTag = operations.filter((operation) => operation.tags.includes(tag));
    return missingOf(fileOf(tag, resources), ofTag, resources);
  });
  return [...missing, ...[...resources].flatMap(([file, resource]) => strayOf(file, resource, operations, resources))];
}

function missingOf(file: string, operations: readonly Described[], resources: Resources): string[] {
  const resource = resources.get(file);
  const unruled = operations.map(({ operationId }) => operationId).filter((id) => !(id in (resource?.access ?? {})));
  const params = [...new Set(operations.flatMap(({ path }) => paramsOf(path)))];
  const unnamed = params.filter((param) => !named(resources, param));
  if (resource === undefined)
    return [
      `create ${file} (a Resource of test/support/resource.ts) with "access" for ${unruled.join(', ')}${unnamed.length > 0 ? ` and "subjects" for ${unnamed.join(', ')}` : ''}`,
    ];
  return [
    ...(unruled.length > 0 ? [`${file}: add ${unruled.join(', ')} to "access"`] : []),
    ...unnamed.map((param) => `${file}: add ${param} to "subjects"`),
  ];
}

function strayOf(file: string, { access }: Resource, operations: readonly Described[], resources: Resources): string[] {
  const known = new Map(operations.map(({ operationId, tags }) => [operationId, fileOf(tags[0]!, resources)]));
  const gone = Object.keys(access).filter((id) => !known.has(id));
  const moved = Object.keys(access).filter((id) => known.has(id) && known.get(id) !== file);
  return [
    ...(gone.length > 0
      ? [`${file}: the application has no ${gone.join(', ')}. Is the module in src/app.module.ts?`]
      : []),
    ...moved.map((id) => `${file}: move ${id} to ${known.get(id)}, the file of its tag`),
  ];
}
