import { OAUTH_ERRORS } from '../http/oauth-error.js';
import type { Schema } from '../schema/json-schema.js';

/** Where in the request: `body`, names and positions. */
const PLACE = { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, maxItems: 8 };

const DETAIL: Schema = { type: 'string' };
const DETAILS: Schema = { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } };
const OAUTH_ERROR = {
  type: 'string',
  enum: OAUTH_ERRORS,
  description: 'For clients of OAuth 2 (RFC 6749): in answers to a `grant_type` that is taken, or to a `client_id`.',
};

/** The error bodies, in FastAPI's shapes. */
export const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  HTTPError: { type: 'object', required: ['detail'], properties: { detail: DETAIL } },
  HTTPValidationError: { type: 'object', required: ['detail'], properties: { detail: DETAILS } },
  OAuthError: { type: 'object', required: ['detail'], properties: { detail: DETAIL, error: OAUTH_ERROR } },
  OAuthValidationError: { type: 'object', required: ['detail'], properties: { detail: DETAILS, error: OAUTH_ERROR } },
  Problem: problemSchema(),
  ValidationProblem: problemSchema({
    errors: { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } },
  }),
  ValidationError: {
    type: 'object',
    required: ['type', 'loc', 'msg', 'input'],
    properties: {
      type: { type: 'string' },
      loc: PLACE,
      msg: { type: 'string' },
      input: {},
      ctx: { type: 'object', additionalProperties: true },
    },
  },
};

/** RFC 9457's members, for clients that prefer `application/problem+json`. */
function problemSchema(more: Record<string, Schema> = {}): Schema {
  const string: Schema = { type: 'string' };
  const properties = {
    type: string,
    title: string,
    status: { type: 'integer' },
    detail: string,
    instance: string,
    ...more,
  };
  return { type: 'object', required: Object.keys(properties), properties };
}
