import type { Request } from 'express';
import { declaredFields } from '../validation/model-metadata.js';
import { parseQuery } from './query-string.js';
import { queryModel, type Contract } from './contract.js';

const MOST_NAMES = 10;
const LONGEST_NAME = 50;

/** Returns a warning with the query parameters that the route ignores; undefined if it knows all of them. */
export function unknownParametersWarning(request: Pick<Request, 'url'>, contract: Contract): string | undefined {
  const model = queryModel(contract);
  const known = new Set(model ? declaredFields(model).map(({ name }) => name) : []);
  for (const input of contract.inputs) if (input.from === 'query value') known.add(input.name);
  const unknown = Object.keys(parseQuery(request)).filter((name) => !known.has(name));
  if (unknown.length === 0) return undefined;
  const names = unknown.slice(0, MOST_NAMES).map(quoted).join(', ');
  return `${contract.operationId} ignores unknown query parameters: ${names}${unknown.length > MOST_NAMES ? ', …' : ''}`;
}

/** Escapes everything but printable ASCII, so that a name cannot forge log lines or control a terminal. */
function quoted(name: string): string {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return JSON.stringify(shown).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
