import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { FieldError } from '../kernel/errors/validation-failed.js';
import type { Media, Operation } from './operation.js';

type Responses = Operation['responses'];
type Response = Responses[string];

/**
 * Takes the errors that several operations document word for word out of them, and gives them back by name, for the
 * document's components: written out everywhere they would be most of it, and slow in every explorer. A name is made of
 * what the response says, so that one more resource changes no other name.
 */
export function shareResponses(operations: readonly Operation[]): Record<string, Response> {
  const uses = countUses(operations);
  const shared: Record<string, Response> = {};
  const names = new Map<string, string>();
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      const text = JSON.stringify(response);
      if (status < '400' || uses.get(text) === 1) continue;
      const name = names.get(text) ?? nameOf(status, response, [...uses.keys()]);
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

const MAX_WORDS = 6;

/** `PostNotFound`; with a hash behind it where that is not all that the response says. */
function nameOf(status: string, response: Response, all: readonly string[]): string {
  const sentences = sentencesOf(response);
  const words = (sentences[0] ?? STATUS_CODES[status]!).split(/[^A-Za-z]+/).filter((word) => word !== '');
  const name = words.slice(0, MAX_WORDS).map(capitalized).join('');
  const isWhole = sentences.length === 1 && words.length <= MAX_WORDS;
  const isOnly = all.filter((text) => sentencesOf(JSON.parse(text) as Response)[0] === sentences[0]).length === 1;
  if (isWhole && isOnly) return name;
  return `${name}_${createHash('sha256').update(JSON.stringify(response)).digest('hex').slice(0, 6)}`;
}

const capitalized = (word: string) => word[0]!.toUpperCase() + word.slice(1);

/** What its examples say: a sentence, or where the first mistake of a 422 is. */
function sentencesOf({ content }: Response): string[] {
  const { examples = {} } = (content?.['application/json'] ?? {}) as Media & { examples?: Record<string, Example> };
  return Object.values(examples).map(({ value: { detail } }) =>
    typeof detail === 'string' ? detail : `invalid ${detail[0]!.loc.join(' ')}`,
  );
}

interface Example {
  readonly value: { readonly detail: string | readonly FieldError[] };
}
