import type { Schema } from '../kernel/schema/json-schema.js';

const PLACE: Schema & { maxItems: number } = {
  type: 'array',
  description: 'Location of the error: `path`, `query`, `header` or `body`, then field names and list positions.',
  items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
  maxItems: 8,
};

const ERRORS: Schema = { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } };
const DETAIL: Schema = {
  type: 'string',
  description:
    'A sentence for people that describes the error. It can change: programs should use the status and the `errorCode`.',
};
/** Nest's `errorCode` of an HttpException. */
const ERROR_CODE: Schema = {
  type: 'string',
  description: 'Machine-readable code of the error. Absent if the error has none.',
};
const DETAILS: Schema = { ...ERRORS, description: 'All validation errors of the request, in the order of its fields.' };
/**
 * The error codes of RFC 6749 §5.2 that apply to a token endpoint without clients of its own. The last one is from
 * §4.1.2.1.
 */
const OAUTH_ERRORS = ['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'temporarily_unavailable'] as const;
export type OAuthErrorCode = (typeof OAUTH_ERRORS)[number];

const OAUTH_ERROR = {
  type: 'string',
  enum: OAUTH_ERRORS,
  description:
    'Error code of OAuth 2 (RFC 6749). Absent if the request has neither a supported `grant_type` nor a `client_id`.',
};

const text = (description: string): Schema => ({ type: 'string', description });

/** Schemas of error bodies, in the format of FastAPI. */
export const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  HTTPError: errorSchema('An error with a message.', { detail: DETAIL, errorCode: ERROR_CODE }),
  HTTPValidationError: errorSchema('The validation errors of a request.', { detail: DETAILS }),
  OAuthError: errorSchema('An error of the token endpoint.', { detail: DETAIL, error: OAUTH_ERROR }),
  OAuthValidationError: errorSchema('The validation errors of a request to the token endpoint.', {
    detail: DETAILS,
    error: OAUTH_ERROR,
  }),
  Problem: problemSchema('An error as problem details (RFC 9457).', {}, { errorCode: ERROR_CODE }),
  ValidationProblem: problemSchema('Validation errors as problem details (RFC 9457).', {
    errors: { ...ERRORS, description: DETAILS.description! },
  }),
  ValidationError: {
    type: 'object',
    description: 'A validation error.',
    required: ['type', 'loc', 'msg', 'input'],
    properties: {
      type: {
        type: 'string',
        description: 'Machine-readable kind of the error, such as `missing` or `string_too_short`.',
      },
      loc: PLACE,
      msg: { type: 'string', description: 'Human-readable message.' },
      input: { description: 'The received value. Secrets are replaced by `**********`.' },
      ctx: {
        type: 'object',
        description: 'Values that the message contains, such as `min_length`. Absent if there are none.',
        additionalProperties: true,
      },
    },
  },
};

function errorSchema(description: string, properties: Record<string, Schema>): Schema {
  return { type: 'object', description, required: ['detail'], properties };
}

/** Returns the schema of problem details (RFC 9457), for clients that prefer `application/problem+json`. */
function problemSchema(
  description: string,
  more: Record<string, Schema> = {},
  optional: Record<string, Schema> = {},
): Schema {
  const properties = {
    type: text('URI of the problem type. Always `about:blank`: the status describes the problem.'),
    title: text('Name of the status, such as `Not Found`.'),
    status: { type: 'integer', description: 'Status code of the response.' },
    detail: DETAIL,
    instance: text('URI of this error. It contains the `X-Request-ID` of the response.'),
    ...more,
  };
  const required = Object.keys(properties);
  return { type: 'object', description, required, properties: { ...properties, ...optional } };
}
