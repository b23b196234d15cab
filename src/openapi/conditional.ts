import { isConditional, type Contract } from '../kernel/http/contract.js';
import type { Operation, Parameter } from './operation.js';
import { answerHeader, EVERYWHERE, headerRef } from './response-headers.js';

/**
 * The characters of a header field (RFC 9110 §5.5; tags may have octets beyond ASCII). 8 kB are enough for a long list
 * of tags.
 */
const FIELD = { type: 'string', pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', maxLength: 8192 } as const;

const IF_NONE_MATCH =
  'The `ETag` of your copy. If the resource has not changed since, the response is a 304 without a body (RFC 9110).';
const IF_MATCH =
  'The `ETag` of the version that you read. If the resource has changed since, nothing is written and the response is a 412 (RFC 9110). `*` matches any version.';

/** Returns the header parameter that makes the request conditional, if the operation supports it. */
export function conditionalParameters(contract: Contract): Parameter[] {
  if (!isConditional(contract)) return [];
  const required = contract.returns.requiresIfMatch;
  return [
    contract.isGet
      ? { name: 'If-None-Match', in: 'header', required, description: IF_NONE_MATCH, schema: FIELD }
      : {
          name: 'If-Match',
          in: 'header',
          required,
          description: IF_MATCH,
          schema: FIELD,
          ...(required ? { example: '*' } : {}),
        },
  ];
}

/** Returns the 304 response for a client whose copy is current. */
export function unchanged(contract: Contract): Operation['responses'] {
  if (!isConditional(contract) || !contract.isGet) return {};
  const own = contract.returns.headers['ETag']; // the tag of a file is not a number
  const ETag = own === undefined ? headerRef('ETag') : answerHeader(own);
  return { 304: { description: 'Not modified: your copy is current.', headers: { ...EVERYWHERE, ETag } } };
}
