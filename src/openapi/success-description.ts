import { queryModel, type Contract } from '../kernel/http/contract.js';
import { schemaMetadata } from './model-schemas.js';
import { declaredFields, type Type } from '../kernel/validation/model-metadata.js';

/** Returns the first sentence of a text, with its full stop. */
export const firstSentence = (text: string): string => /^[^]*?\.(?=\s|$)/.exec(text)?.[0] ?? text;

/** Returns whether the list is paged. */
export function isPaged(contract: Contract): boolean {
  const model = queryModel(contract);
  return model !== undefined && declaredFields(model).some(({ name }) => name === 'page');
}

/**
 * Returns the description of a success response: "A page of orders." or "Order created.". For a model that is not named
 * after a resource, the first sentence of its `@ApiSchema` description.
 */
export function successDescription(contract: Contract): string {
  const { media, ranges, model, isArray, status } = contract.returns;
  if (media !== undefined) return ranges ? 'The file.' : `The content, streamed as ${either(Object.keys(media))}.`;
  if (model === undefined) return 'Done. The response has no body.';
  const noun = nounOf(model);
  if (isArray) return `${isPaged(contract) ? 'A page' : 'A list'} of ${plural(noun)}.`;
  const { description } = schemaMetadata(model);
  if (description !== undefined && !SUFFIX.test(model.name)) return firstSentence(description);
  return status === 201 ? `${capitalized(noun)} created.` : `The ${noun}.`;
}

const SUFFIX = /(?<=.)(?:Response|ResponseDto|Dto|Entity)$/;

/** Returns the noun for a model: "access token" for `AccessTokenResponse`. */
function nounOf({ name }: Type<object>): string {
  const words = name.replace(SUFFIX, '').split(/(?<=[a-z\d])(?=[A-Z])/);
  return words.map((word) => (word === word.toUpperCase() ? word : word.toLowerCase())).join(' ');
}

function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

const capitalized = (text: string) => text[0]!.toUpperCase() + text.slice(1);

const either = (medias: readonly string[]) => medias.map((media) => `\`${media}\``).join(' or ');
