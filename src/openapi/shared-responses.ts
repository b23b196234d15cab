import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { FieldError } from '../kernel/errors/validation-failed.js';
import type { Media, Operation } from './operation.js';

type Responses = Operation['responses'];
type Response = Responses[string];

/**
 * Replaces error responses that several operations have in common by references, and returns them by name for the
 * document's components. Repeated in each operation, they would be most of the document and slow down every explorer. A
 * name is derived from the content of the response, so that a new resource does not change other names.
 */
export function shareResponses(operations: readonly Operation[]): Record<string, Response> {
  const uses = countUses(operations);
  const isOnly = onlyWith([...uses.keys()].map((text) => JSON.parse(text) as Response));
  const shared: Record<string, Response> = {};
  const names = new Map<string, string>();
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      const text = JSON.stringify(response);
      if (status < '400' || uses.get(text) === 1) continue;
      const name = names.get(text) ?? nameOf(status, response, isOnly);
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

/** Returns a function that checks whether exactly one response begins with a sentence. */
function onlyWith(responses: readonly Response[]): (sentence: string | undefined) => boolean {
  const counts = new Map<string | undefined, number>();
  for (const [first] of responses.map(sentencesOf)) counts.set(first, (counts.get(first) ?? 0) + 1);
  return (sentence) => counts.get(sentence) === 1;
}

const MAX_WORDS = 6;

/** Returns a name such as `PostNotFound`. A hash is appended if the response has more content than the name. */
function nameOf(status: string, response: Response, isOnly: ReturnType<typeof onlyWith>): string {
  const sentences = sentencesOf(response);
  const words = (sentences[0] ?? STATUS_CODES[status]!).split(/[^A-Za-z]+/).filter((word) => word !== '');
  const name = words.slice(0, MAX_WORDS).map(capitalized).join('');
  const isWhole = sentences.length === 1 && words.length <= MAX_WORDS;
  if (isWhole && isOnly(sentences[0])) return name;
  return `${name}_${createHash('sha256').update(JSON.stringify(response)).digest('hex').slice(0, 6)}`;
}

const capitalized = (word: string) => word[0]!.toUpperCase() + word.slice(1);

/** Returns the sentences of a response's examples. For a 422, returns the location of the first error instead. */
function sentencesOf({ content }: Response): string[] {
  const { examples = {} } = (content?.['application/json'] ?? {}) as Media & { examples?: Record<string, Example> };
  return Object.values(examples).map(({ value: { detail } }) =>
    typeof detail === 'string' ? detail : `invalid ${detail[0]!.loc.join(' ')}`,
  );
}

interface Example {
  readonly value: { readonly detail: string | readonly FieldError[] };
}
