import type { Schema } from '../kernel/schema/json-schema.js';

/** A body in one media type. */
export interface Media {
  schema?: Schema;
}

/** A parameter of an operation. */
export interface Parameter {
  name: string;
  in: string;
  schema: Schema;
  [keyword: string]: unknown;
}

export interface Response {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, Media>;
  links?: Record<string, object>;
}

/** An operation of the document, with the fields that are completed here. */
export interface Operation {
  operationId: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
  security?: Record<string, string[]>[];
  'x-requires'?: object;
}
