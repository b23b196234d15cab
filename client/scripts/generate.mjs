// Generates the client's knowledge of the API from the OpenAPI document: the types with @hey-api/openapi-ts, and a
// table of the operations. At run time the table has the method and path of each operation, the media type of its body,
// whether it accepts an idempotency key, and the media types of its success.
import { createClient } from '@hey-api/openapi-ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the types and the table into the folder. */
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
    '/** The input of each operation, and its response bodies by status. */',
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

function rowOf({ path, method, operation: { operationId, parameters = [], requestBody, responses } }) {
  const row = { method: method.toUpperCase(), path };
  const [media] = Object.keys(requestBody?.content ?? {});
  if (media !== undefined) row.media = media;
  if (parameters.some(({ name }) => name === 'Idempotency-Key')) row.takesKey = true;
  const successes = Object.keys(responses).filter((status) => status.startsWith('2'));
  const gives = new Set(successes.flatMap((status) => Object.keys(responses[status].content ?? {})));
  if (gives.size > 0) row.gives = [...gives];
  return `  ${operationId}: ${JSON.stringify(row)},`;
}
