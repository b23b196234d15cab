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
type Writer = (value: unknown, at: string) => string;

/** A handler's result that is not what its route declares: answered as 500 and logged, never sent. */
export class ResponseModelError extends Error {
  constructor(at: string, expected: string, value: unknown) {
    super(`The response${at} should be ${expected}, but is ${value === null ? 'null' : typeof value}`);
    this.name = 'ResponseModelError';
  }
}

/**
 * A function that writes values of this schema as JSON. It is an allow-list: properties that the schema does not
 * declare are left out, those it declares come in its order. Throws ResponseModelError for a required property that is
 * missing and for a value of another type; instances of Date are written as ISO 8601 in UTC.
 */
export function compileSerializer(schema: Schema, schemas: Schemas): (value: unknown) => string {
  const compiled = new Map<string, Writer>();
  const write = compile(schema, schemas, compiled);
  return (value) => write(value, '');
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

function reference(ref: string, schemas: Schemas, compiled: Map<string, Writer>): Writer {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  const target = schemas[name];
  if (!target) throw new Error(`Unknown schema ${ref}`);
  // looked up when used, so that a model may contain itself
  if (!compiled.has(name)) {
    compiled.set(name, (value, at) => compiled.get(name)!(value, at));
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
  (value, at) =>
    value === null ? 'null' : write(value, at);

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

const writeString: Writer = (value, at) => {
  if (typeof value !== 'string') throw new ResponseModelError(at, 'a string', value);
  return value.length < 100 && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
};

const writeDate: Writer = (value, at) => {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return `"${value.toISOString()}"`;
  throw new ResponseModelError(at, 'a date', value);
};

const writeInteger: Writer = (value, at) => {
  if (!Number.isSafeInteger(value)) throw new ResponseModelError(at, 'an integer', value);
  return String(value);
};

const writeNumber: Writer = (value, at) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ResponseModelError(at, 'a number', value);
  return String(value);
};

const writeBoolean: Writer = (value, at) => {
  if (typeof value !== 'boolean') throw new ResponseModelError(at, 'a boolean', value);
  return value ? 'true' : 'false';
};

function writeEnum(allowed: readonly unknown[]): Writer {
  const texts = new Map(allowed.map((value) => [value, JSON.stringify(value)]));
  return (value, at) => {
    const text = texts.get(value);
    if (text === undefined) throw new ResponseModelError(at, `one of ${[...texts.values()].join(', ')}`, value);
    return text;
  };
}

function writeArray(writeItem: Writer): Writer {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ResponseModelError(at, 'a list', value);
    let text = '[';
    for (let i = 0; i < value.length; i++) text += `${i === 0 ? '' : ','}${writeItem(value[i], at)}`;
    return `${text}]`;
  };
}

interface Property {
  readonly name: string;
  readonly prefix: string;
  readonly at: string;
  readonly required: boolean;
  readonly write: Writer;
}

function writeObject(schema: Schema, schemas: Schemas, compiled: Map<string, Writer>): Writer {
  if (schema.additionalProperties !== undefined && typeof schema.additionalProperties === 'object') {
    return writeDictionary(compile(schema.additionalProperties, schemas, compiled));
  }
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]): Property => ({
    name,
    prefix: `${JSON.stringify(name)}:`,
    at: `.${name}`,
    required: schema.required?.includes(name) ?? false,
    write: compile(property, schemas, compiled),
  }));
  return (value, at) => {
    if (typeof value !== 'object' || value === null) throw new ResponseModelError(at, 'an object', value);
    let text = '';
    for (const property of properties) {
      const item = (value as Record<string, unknown>)[property.name];
      if (item === undefined && !property.required) continue;
      text += (text === '' ? '' : ',') + property.prefix + property.write(item, property.at);
    }
    return `{${text}}`;
  };
}

function writeDictionary(writeValue: Writer): Writer {
  return (value, at) => {
    if (typeof value !== 'object' || value === null) throw new ResponseModelError(at, 'an object', value);
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${writeValue(item, at)}`);
    return `{${entries.join(',')}}`;
  };
}
