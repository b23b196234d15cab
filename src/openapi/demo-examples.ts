import { compiledFiles, exportsOf } from '../kernel/common/compiled-files.js';
import { DeclarationError } from '../kernel/http/declaration-error.js';
import type { Operation } from './operation.js';

/** The demo row in the examples of an operation, if it is not the row with the id 1. */
export interface DemoExample {
  /** The ids by the name of the path parameter. */
  readonly ids?: Readonly<Record<string, number | string>>;
  /** The values that the row's fields may have, by field. The explorer selects such a row. */
  readonly requires?: Readonly<Record<string, readonly unknown[]>>;
}

/** Demo examples by operationId. The default export of a feature's `*.demo.ts`. */
export type DemoExamples = Readonly<Record<string, DemoExample>>;

/** Returns the demo examples of all features, by the source file that declares them. */
export async function loadDemoExamples(): Promise<ReadonlyMap<string, DemoExamples>> {
  const files = compiledFiles('.demo.js');
  const loaded = await Promise.all(
    files.map(async (file) => ((await exportsOf(file)) as { default: DemoExamples }).default),
  );
  return new Map(files.map(({ source }, i) => [source, loaded[i]!]));
}

/** Adds the examples to the document's operations. Throws DeclarationError for an unknown operation or parameter. */
export function addDemoExamples(operations: readonly Operation[], examples: ReadonlyMap<string, DemoExamples>): void {
  const byId = new Map(operations.map((operation) => [operation.operationId, operation]));
  const mistakes: string[] = [];
  for (const [source, declared] of examples) {
    for (const [operationId, { ids = {}, requires }] of Object.entries(declared)) {
      const operation = byId.get(operationId);
      if (operation && requires) operation['x-requires'] = requires;
      for (const [name, example] of Object.entries(ids)) {
        const parameter = operation?.parameters?.find((one) => one.in === 'path' && one.name === name);
        if (parameter) parameter['example'] = example;
        else mistakes.push(`${source} has an example of ${name} for ${operationId}, which has no such path parameter`);
      }
      if (!operation) mistakes.push(`${source} has an example for ${operationId}, which is not an operation`);
    }
  }
  if (mistakes.length > 0) throw new DeclarationError(mistakes);
}
