import { documentedProperties, hasRule, type Rule, type Type } from './model-metadata.js';

// Which fields are strings, and messages for fields without a known type.

/** Rules that only strings have. */
const TEXT_RULES = ['isString', 'minLength', 'maxLength', 'isLength', 'matches'];

/** Whether a field is a string, by its rules or by the type that the compiler has emitted. */
export function isText(rules: readonly Rule[], model: Type<object> | undefined, name: string): boolean {
  if (TEXT_RULES.some((rule) => hasRule(rules, rule))) return true;
  return model !== undefined && hasRule(rules, 'isNotEmpty') && emittedType(model, name) === String;
}

/** A mapped type (`PartialType(Cat)`) has the type only in the swagger metadata. */
function emittedType(model: Type<object>, name: string): unknown {
  const emitted: unknown = Reflect.getMetadata('design:type', (model as { prototype: object }).prototype, name);
  return emitted ?? documentedProperties(model).get(name)?.['type'];
}

/** How to use what documented routes do not support. Ends the messages about it. */
export const PLAIN_REMEDY =
  'or exclude the route (@ApiExcludeEndpoint()) and give it its own ValidationPipe, as in plain Nest';

/** The message for a field whose type is unknown, with the remedy. */
export function unknownTypeMessage(rules: readonly Rule[]): string {
  const remedy = REMEDIES.find(([rule]) => hasRule(rules, rule))?.[1];
  if (remedy !== undefined) return `${remedy}, ${PLAIN_REMEDY}`;
  return `has no decorator for its type: add one (@IsString and @MaxLength, @IsInt, @IsBoolean, @IsEnum, @IsDateTime), ${PLAIN_REMEDY}`;
}

const CONTENT =
  'which does not describe the content: use a class (@ValidateNested() and @Type(() => …)), or @IsStringMap()';

const REMEDIES: readonly (readonly [rule: string, remedy: string])[] = [
  ['isObject', `has @IsObject, ${CONTENT}`],
  ['isNotEmptyObject', `has @IsNotEmptyObject, ${CONTENT}`],
  ['isInstance', `has @IsInstance, ${CONTENT}`],
  ['isDate', 'has @IsDate, but JSON has no dates: add @Type(() => Date) to parse a string'],
];
