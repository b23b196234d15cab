import { STATUS_CODES } from 'node:http';
import type { Operation } from './operation.js';

type Responses = Operation['responses'];

/**
 * Takes the errors that several operations document word for word out of them, and gives them back by name, for the
 * document's components: written out everywhere they would be most of it, and slow in every explorer.
 */
export function shareResponses(operations: readonly Operation[]): Record<string, Responses[string]> {
  const uses = countUses(operations);
  const shared: Record<string, Responses[string]> = {};
  const names = new Map<string, string>();
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      const text = JSON.stringify(response);
      if (status < '400' || uses.get(text) === 1) continue;
      const name = names.get(text) ?? freeName(shared, status);
      names.set(text, name);
      shared[name] = response;
      responses[status] = { $ref: `#/components/responses/${name}` } as never;
    }
  }
  return shared;
}

function countUses(operations: readonly Operation[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const response of operations.flatMap(({ responses }) => Object.values(responses))) {
    const text = JSON.stringify(response);
    uses.set(text, (uses.get(text) ?? 0) + 1);
  }
  return uses;
}

/** `NotFound`, `NotFound2`, … */
function freeName(taken: object, status: string): string {
  const phrase = STATUS_CODES[status]!.replaceAll(/\W/g, '');
  for (let count = 1; ; count++) {
    const name = count === 1 ? phrase : `${phrase}${count}`;
    if (!(name in taken)) return name;
  }
}
