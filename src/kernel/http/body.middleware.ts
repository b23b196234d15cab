import type { NextFunction, Request, Response } from 'express';
import { parse as parseNested } from 'qs';
import { AppError } from '../errors/app-error.js';
import { parseJson } from '../validation/json.js';
import { BODY_LIMIT_BYTES, hasBody, isEncoded, readBody } from './read-body.js';
import type { Upload } from './upload.js';

// Body parsing: reads JSON and forms into the request's payload.

const MAX_FORM_FIELDS = 1000;

/** The request's body and how it was parsed. */
export interface Payload {
  /** The raw body; undefined if none was sent, it is empty, or it was not read. */
  readonly bytes?: Buffer;
  /** Whether the media type is JSON. */
  readonly isJson: boolean;
  readonly json?: unknown;
  /** Whether all values are strings: the text fields of a multipart form. */
  readonly isText?: boolean;
  /** The value assigned to `request.body`. If it differs later, other code has replaced the body. */
  readonly assignedBody?: unknown;
  /** The fields of a form; if a field is repeated, its last value. */
  readonly form?: Readonly<Record<string, string>>;
  /** The names of the fields that were sent more than once. */
  readonly repeated?: readonly string[];
  readonly upload?: Upload;
  /** Whether the body has a media type that is not parsed here. */
  readonly hasOtherMediaType?: boolean;
  /** Why the body was not read. Routes that accept a body throw the error, whatever the media type. */
  readonly refusal?: 'too large' | 'encoded';
  /** The error if JSON or form could not be parsed. Routes that accept a body throw it. */
  readonly malformed?: Error;
}

const NO_PAYLOAD: Payload = { isJson: false };
const OTHER_PAYLOAD: Payload = { isJson: false, hasOtherMediaType: true };
const PAYLOAD = Symbol('payload');

interface Carrier {
  [PAYLOAD]?: Payload;
}

/** Returns the parsed body of a request, also if other middleware has parsed or replaced it. */
export function payloadOf(request: Request): Payload {
  const known = (request as Carrier)[PAYLOAD];
  if (known === undefined) return parsedElsewhere(request);
  const isReplaced = request.body !== undefined && request.body !== known.assignedBody;
  return isReplaced && known.refusal === undefined ? parsedElsewhere(request) : known;
}

export function setPayload(request: Request, payload: Payload): void {
  (request as Carrier)[PAYLOAD] = { ...payload, assignedBody: request.body };
}

/**
 * Leaves a multipart form of any size to the route that takes one: only its parser reads it, with limits of its own.
 */
export function leaveMultipart(request: Request): void {
  const isMultipart = MULTIPART_TYPE.test(request.headers['content-type'] ?? '');
  if (isMultipart && payloadOf(request).refusal === 'too large') (request as Carrier)[PAYLOAD] = OTHER_PAYLOAD;
}

/**
 * The payload if other code has set `request.body`: another parser (Nest's own, multer), middleware, a guard, an
 * interceptor.
 */
function parsedElsewhere({ body, headers }: Request): Payload {
  if (body === undefined) return NO_PAYLOAD;
  if (Buffer.isBuffer(body) || typeof body === 'string') return OTHER_PAYLOAD;
  const type = headers['content-type'] ?? '';
  if (JSON_TYPE.test(type)) return { isJson: true, json: body };
  if (MULTIPART_TYPE.test(type)) return { isJson: true, json: body, isText: true };
  return FORM_TYPE.test(type) ? { isJson: false, form: body as Record<string, string> } : OTHER_PAYLOAD;
}

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Reads and parses JSON and URL-encoded forms, like Nest's own parsers: sets `request.body` and `request.rawBody`.
 * Other media types are not read. Only routes that accept a body refuse one that cannot be parsed, so that an unknown
 * path is always a 404.
 */
export function bodyMiddleware(request: Request, _response: Response, next: NextFunction): void {
  // readableEnded: another parser has read the body
  if (BODILESS.has(request.method) || !hasBody(request) || request.readableEnded) return next();
  const proceed = (payload: Payload) => {
    setPayload(request, payload);
    next();
  };
  const unread = unreadPayload(request);
  if (unread) return proceed(unread);
  readBody(request).then((bytes) => proceed(parsePayload(request, bytes)), next);
}

/** The payload of a body that is not read, with the reason; undefined for JSON and forms within the size limit. */
function unreadPayload(request: Request): Payload | undefined {
  const type = request.headers['content-type'] ?? '';
  const isJson = isJsonType(type);
  const isRead = isJson || FORM_TYPE.test(type);
  if (isEncoded(request)) return { isJson: false, hasOtherMediaType: !isRead, refusal: 'encoded' };
  const isTooLarge = Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES;
  if (isTooLarge) return { isJson, hasOtherMediaType: !isRead, refusal: 'too large' };
  return isRead ? undefined : OTHER_PAYLOAD;
}

/** Parses the bytes of a body. `bytes` is undefined if the body was too large. */
function parsePayload(request: Request & { rawBody?: Buffer }, bytes: Buffer | undefined): Payload {
  const isJson = isJsonType(request.headers['content-type'] ?? '');
  if (bytes === undefined) return { isJson, refusal: 'too large' };
  request.rawBody = bytes;
  if (bytes.length === 0) return NO_PAYLOAD;
  const payload = isJson ? parsedJson(bytes) : parsedForm(bytes);
  request.body = isJson ? payload.json : parseNested(bytes.toString('utf8'));
  return payload;
}

const JSON_TYPE = /^\s*application\/(?:[^\s;,/]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^\s*multipart\/form-data\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

function isJsonType(type: string): boolean {
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8'; // the only charset of JSON (RFC 8259 §8.1)
  return JSON_TYPE.test(type) && /^utf-?8$/i.test(charset);
}

function parsedJson(bytes: Buffer): Payload {
  try {
    return { bytes, isJson: true, json: parseJson(bytes) };
  } catch (error) {
    return { bytes, isJson: true, malformed: error as Error };
  }
}

function parsedForm(bytes: Buffer): Payload {
  const fields = new URLSearchParams(bytes.toString('utf8'));
  if (fields.size <= MAX_FORM_FIELDS) {
    const form = Object.fromEntries(fields);
    const repeated = Object.keys(form).filter((name) => fields.getAll(name).length > 1);
    return { bytes, isJson: false, form, repeated };
  }
  const malformed = new AppError(`Too many fields. Maximum number of fields is ${MAX_FORM_FIELDS}.`);
  return { bytes, isJson: false, malformed };
}
