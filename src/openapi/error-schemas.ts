import { OAUTH_ERRORS } from '../kernel/http/oauth-error.js';
import type { Schema } from '../kernel/schema/json-schema.js';

const PLACE: Schema & { maxItems: number } = {
  type: 'array',
  description: 'Where the error is: `path`, `query`, `header` or `body`, then names of fields and positions in lists.',
  items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
  maxItems: 8,
};

const ERRORS: Schema = { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } };
const DETAIL: Schema = { type: 'string', description: 'What went wrong, as a sentence.' };
const DETAILS: Schema = { ...ERRORS, description: 'Every error of the request, in the order of its fields.' };
const OAUTH_ERROR = {
  type: 'string',
  enum: OAUTH_ERRORS,
  description:
    'Error code of OAuth 2 (RFC 6749). Absent if the request has neither a supported `grant_type` nor a `client_id`.',
};

const text = (description: string): Schema => ({ type: 'string', description });

/** The error bodies, in FastAPI's shapes. */
export const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  HTTPError: errorSchema('An error, explained by a sentence.', { detail: DETAIL }),
  HTTPValidationError: errorSchema('The errors that validation found in a request.', { detail: DETAILS }),
  OAuthError: errorSchema('An error of the token endpoint.', { detail: DETAIL, error: OAUTH_ERROR }),
  OAuthValidationError: errorSchema('The errors that validation found in a request to the token endpoint.', {
    detail: DETAILS,
    error: OAUTH_ERROR,
  }),
  Problem: problemSchema('An error as problem details (RFC 9457).'),
  ValidationProblem: problemSchema('The errors that validation found, as problem details (RFC 9457).', {
    errors: { ...ERRORS, description: DETAILS.description! },
  }),
  ValidationError: {
    type: 'object',
    description: 'One error that validation found.',
    required: ['type', 'loc', 'msg', 'input'],
    properties: {
      type: {
        type: 'string',
        description: 'Machine-readable kind of the error, such as `missing` or `string_too_short`.',
      },
      loc: PLACE,
      msg: { type: 'string', description: 'The error as a sentence.' },
      input: { description: 'The value as it was received. Secrets are masked.' },
      ctx: {
        type: 'object',
        description: 'Values that belong to the message, such as `min_length`. Absent if there are none.',
        additionalProperties: true,
      },
    },
  },
};

function errorSchema(description: string, properties: Record<string, Schema>): Schema {
  return { type: 'object', description, required: ['detail'], properties };
}

/** RFC 9457's members, for clients that prefer `application/problem+json`. */
function problemSchema(description: string, more: Record<string, Schema> = {}): Schema {
  const properties = {
    type: text('Address that identifies the kind of problem. `about:blank`: the status says it.'),
    title: text('Name of the status, such as `Not Found`.'),
    status: { type: 'integer', description: 'Status code of the response.' },
    detail: text('What went wrong, as a sentence.'),
    instance: text('Identifies this occurrence: made of the `X-Request-ID` of the response.'),
    ...more,
  };
  return { type: 'object', description, required: Object.keys(properties), properties };
}
