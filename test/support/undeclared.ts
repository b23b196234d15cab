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

/** Where the tests look for what they have to know of an operation: `test/posts/posts.resource.ts`, wherever below test/ that is. */
export function fileOf(tag: string, resources: Resources): string {
  return [...resources.keys()].find((path) => path.endsWith(`/${tag}.resource.ts`)) ?? `test/${tag}/${tag}.resource.ts`;
}

/** Whether the tests of the whole application know how to ask it. */
export function isDeclared({ operationId, path, tags }: Described, resources: Resources): boolean {
  const resource = resources.get(fileOf(tags[0]!, resources));
  return (
    resource !== undefined && operationId in resource.access && paramsOf(path).every((one) => named(resources, one))
  );
}

/** What resources do not say of the application's operations, and what they say of others: one sentence a mistake. */
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
      `write ${file} (a Resource of test/support/resource.ts): who may call ${unruled.join(', ')}${unnamed.length > 0 ? `, and what ${unnamed.join(', ')} names` : ''}`,
    ];
  return [
    ...(unruled.length > 0 ? [`${file}: say in "access" who may call ${unruled.join(', ')}`] : []),
    ...unnamed.map((param) => `${file}: say in "subjects" how rows are made that ${param} names`),
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
    ...moved.map((id) => `${file}: ${id} belongs into ${known.get(id)}, which its tag names`),
  ];
}
