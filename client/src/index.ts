export { createClient, type AerieClient, type ClientOptions } from './client.js';
export {
  ApiError,
  ConnectionError,
  IntegrityError,
  SignedOutError,
  type ClientError,
  type FieldError,
} from './errors.js';
export type { Credentials } from './auth.js';
export type { DownloadOptions } from './downloads.js';
export type { RetryPolicy } from './retries.js';
export type { Tokens } from './session.js';
export type { Answer, BodyOf, CallOptions, InputOf, OperationId, QueryOf, ResultOf, RowOf } from './types.js';
export type { UpdateOptions } from './updates.js';
export type * from './generated/types.gen.js';
