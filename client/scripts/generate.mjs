// What the client knows of the API, made of the OpenAPI document: the types by @hey-api/openapi-ts, and a table of the
// operations, which tells at run time where each is and whether it takes an idempotency key.
import { createClient } from '@hey-api/openapi-ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes both into the folder. */
export async function generate(document, folder) {
  await createClient({
    input: document,
    output: { path: folder },
    plugins: ['@hey-api/typescript'],
    logs: { level: 'silent', file: false },
  });
  writeFileSync(join(folder, 'operations.ts'), operationsOf(document));
}

function operationsOf({ paths }) {
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return [
    `import type * as models from './types.gen.js';`,
    '',
    '/** What each operation takes, and what it answers by status. */',
    'export interface Operations {',
    ...found.map(typesOf),
    '}',
    '',
    'export const OPERATIONS = {',
    ...found.map(rowOf),
    '} as const;',
    '',
  ].join('\n');
}

function typesOf({ operation: { operationId } }) {
  const name = operationId[0].toUpperCase() + operationId.slice(1);
  return `  ${operationId}: { takes: models.${name}Data; gives: models.${name}Responses };`;
}

function rowOf({ path, method, operation: { operationId, parameters = [], requestBody } }) {
  const row = { method: method.toUpperCase(), path };
  const [media] = Object.keys(requestBody?.content ?? {});
  if (media !== undefined) row.media = media;
  if (parameters.some(({ name }) => name === 'Idempotency-Key')) row.takesKey = true;
  return `  ${operationId}: ${JSON.stringify(row)},`;
}
