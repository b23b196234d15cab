import { isConditional } from '../http/contract.js';
import { versionedEntity } from '../database/versioned.js';
import type { Operation, Parameter } from './operation.js';
import { answerHeader, EVERYWHERE, headerRef } from './response-headers.js';
import type { Route } from './routes.js';

/** What a header field may hold (RFC 9110 §5.5; tags may have octets beyond ASCII); 8 kB of it are a long list of tags. */
const FIELD = { type: 'string', pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', maxLength: 8192 } as const;

const IF_NONE_MATCH = 'The `ETag` of what you have: 304 without a body while it is still that (RFC 9110).';
const IF_MATCH = 'The `ETag` of what you have read: 412 if it is not that any more (RFC 9110). `*` is any version.';

/**
 * Tells the routes of one path what preconditions are about: where its GET shows a versioned row, that is what the path
 * names. The answer of a PUT carries no tag: it would mean that what was sent is stored as it is (RFC 9110 §9.3.4).
 */
export function findResource(methods: ReadonlyMap<string, Route>): void {
  const resource = shown(methods.get('get'));
  for (const [method, route] of methods) {
    const { contract, operationId } = route;
    if (resource) contract.resource = resource;
    else if (contract.returns!.onlyIfMatch) throw new Error(`${operationId} demands the ETag of what has none`);
    const isTold = resource !== undefined || contract.returns!.status === 201;
    contract.tagged = isTold && method !== 'put' && shown(route) !== undefined;
  }
}

function shown(route: Route | undefined) {
  const returns = route?.contract.returns;
  return returns && !returns.many ? versionedEntity(returns.model) : undefined;
}

/** The header by which a request may be made conditional. */
export function conditionalParameters({ contract, safe }: Route): Parameter[] {
  if (!isConditional(contract)) return [];
  const required = contract.returns!.onlyIfMatch;
  return [
    safe
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

/** The answer to who has it already. */
export function unchanged({ contract, safe }: Route): Operation['responses'] {
  if (!isConditional(contract) || !safe) return {};
  const own = contract.returns!.headers['ETag']; // a file's is no number
  const ETag = own === undefined ? headerRef('ETag') : answerHeader(own);
  return { 304: { description: 'You have it already.', headers: { ...EVERYWHERE, ETag } } };
}
