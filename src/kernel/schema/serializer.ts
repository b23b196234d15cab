/** As much of JSON Schema (2020-12, as in OpenAPI 3.1) as response models are made of. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Schemas = Readonly<Record<string, Schema>>;

/** Writes a value as JSON or throws ResponseModelError. */
type Writer = (value: unknown) => string;

/** A handler's result that is not what its route declares: answered as 500 and logged, never sent. */
export class ResponseModelError extends Error {
  private readonly complaint: string;
  private place = '';

  constructor(expected: string, value: unknown) {
    const complaint = `should be ${expected}, but is ${value === null ? 'null' : typeof value}`;
    super(`The response ${complaint}`);
    this.name = 'ResponseModelError';
    this.complaint = complaint;
  }

  /** The same error, seen from the object or list that the value is in: `.id`, `[3]`. */
  within(place: string): this {
    this.place = place + this.place;
    this.message = `The response${this.place} ${this.complaint}`;
    return this;
  }
}

const within = (place: string, error: unknown): unknown =>
  error instanceof ResponseModelError ? error.within(place) : error;

/**
 * A function that writes values of this schema as JSON. It is an allow-list: properties that the schema does not
 * declare are left out, those it declares come in its order. Throws ResponseModelError for a required property that is
 * missing and for a value of another type; instances of Date are written as ISO 8601 in UTC.
 */
export function compileSerializer(schema: Schema, schemas: Schemas): (value: unknown) => string {
  const compiled = new Map<string, Writer>();
  return compile(schema, schemas, compiled);
}

function compile(schema: Schema, schemas: Schemas, compiled: Map<string, Writer>): Writer {
  if (schema.$ref !== undefined) return reference(schema.$ref, schemas, compiled);
  const options = schema.anyOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  if (options) return oneOrNull(options, schemas, compiled);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const [type, ...others] = types.filter((name) => name !== 'null');
  if (type === undefined || others.length > 0) throw new Error(`No single type in schema ${JSON.stringify(schema)}`);
  const write = ofType(type, schema, schemas, compiled);
  return types.includes('null') ? nullable(write) : write;
}

/** An entry of a 422's list: it shows what was sent, of whatever type; the validation has masked in it what is secret. */
export const AS_IT_IS = 'ValidationError';

function reference(ref: string, schemas: Schemas, compiled: Map<string, Writer>): Writer {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  if (name === AS_IT_IS) return JSON.stringify;
  const target = schemas[name];
  if (!target) throw new Error(`Unknown schema ${ref}`);
  // looked up when used, so that a model may contain itself
  if (!compiled.has(name)) {
    compiled.set(name, (value) => compiled.get(name)!(value));
    compiled.set(name, compile(target, schemas, compiled));
  }
  return compiled.get(name)!;
}

function oneOrNull(options: readonly Schema[], schemas: Schemas, compiled: Map<string, Writer>): Writer {
  const [model, ...others] = options.filter(({ type }) => type !== 'null');
  if (!model || others.length > 0) throw new Error('A response model may be one schema or null, no other union');
  const write = compile(model, schemas, compiled);
  return options.length > 1 ? nullable(write) : write;
}

const nullable =
  (write: Writer): Writer =>
  (value) =>
    value === null ? 'null' : write(value);

function ofType(type: string, schema: Schema, schemas: Schemas, compiled: Map<string, Writer>): Writer {
  switch (type) {
    case 'string':
      if (schema.enum) return writeEnum(schema.enum);
      return schema.format === 'date-time' ? writeDate : writeString;
    case 'integer':
      return writeInteger;
    case 'number':
      return writeNumber;
    case 'boolean':
      return writeBoolean;
    case 'array':
      return writeArray(compile(schema.items!, schemas, compiled));
    case 'object':
      return writeObject(schema, schemas, compiled);
    default:
      throw new Error(`No response can be of type ${type}`);
  }
}

// Printable ASCII without the quote and the backslash needs no escapes: the usual case, at half the cost.
const PLAIN = /^[ !#-[\]-~]*$/;

const writeString: Writer = (value) => {
  if (typeof value !== 'string') throw new ResponseModelError('a string', value);
  return value.length < 100 && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
};

const writeDate: Writer = (value) => {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return `"${value.toISOString()}"`;
  throw new ResponseModelError('a date', value);
};

const writeInteger: Writer = (value) => {
  if (!Number.isSafeInteger(value)) throw new ResponseModelError('an integer', value);
  return String(value);
};

const writeNumber: Writer = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ResponseModelError('a number', value);
  return String(value);
};

const writeBoolean: Writer = (value) => {
  if (typeof value !== 'boolean') throw new ResponseModelError('a boolean', value);
  return value ? 'true' : 'false';
};

function writeEnum(allowed: readonly unknown[]): Writer {
  const texts = new Map(allowed.map((value) => [value, JSON.stringify(value)]));
  return (value) => {
    const text = texts.get(value);
    if (text === undefined) throw new ResponseModelError(`one of ${[...texts.values()].join(', ')}`, value);
    return text;
  };
}

function writeArray(writeItem: Writer): Writer {
  return (value) => {
    if (!Array.isArray(value)) throw new ResponseModelError('a list', value);
    let text = '[';
    let i = 0;
    try {
      for (; i < value.length; i++) text += (i === 0 ? '' : ',') + writeItem(value[i]);
    } catch (error) {
      throw within(`[${i}]`, error);
    }
    return `${text}]`;
  };
}

interface Property {
  readonly name: string;
  readonly prefix: string;
  readonly required: boolean;
  readonly write: Writer;
}

function writeObject(schema: Schema, schemas: Schemas, compiled: Map<string, Writer>): Writer {
  const { properties, additionalProperties } = schema;
  if (typeof additionalProperties === 'object') {
    return writeDictionary(compile(additionalProperties, schemas, compiled));
  }
  if (additionalProperties === true) return writeJson;
  // what is not declared would be left out, so an object that declares nothing can only be a mistake
  if (properties === undefined) throw new Error(`No properties in schema ${JSON.stringify(schema)}`);
  const declared = Object.entries(properties).map(([name, property]): Property => ({
    name,
    prefix: `${JSON.stringify(name)}:`,
    required: schema.required?.includes(name) ?? false,
    write: compile(property, schemas, compiled),
  }));
  return (value) => writeProperties(declared, value);
}

function writeProperties(declared: readonly Property[], value: unknown): string {
  if (!isObject(value)) throw new ResponseModelError('an object', value);
  let text = '';
  for (const { name, prefix, required, write } of declared) {
    const item = value[name];
    if (item === undefined && !required) continue;
    try {
      text += (text === '' ? '' : ',') + prefix + write(item);
    } catch (error) {
      throw within(`.${name}`, error);
    }
  }
  return `{${text}}`;
}

/** An object of any content, as JSON has it: what its model declares as such. */
const writeJson: Writer = (value) => {
  if (!isObject(value)) throw new ResponseModelError('an object', value);
  return JSON.stringify(value);
};

function writeDictionary(writeValue: Writer): Writer {
  return (value) => {
    if (!isObject(value)) throw new ResponseModelError('an object', value);
    const entries = Object.entries(value).map(([key, item]) => {
      try {
        return `${JSON.stringify(key)}:${writeValue(item)}`;
      } catch (error) {
        throw within('.*', error); // the key is somebody's data, and the place is logged
      }
    });
    return `{${entries.join(',')}}`;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
