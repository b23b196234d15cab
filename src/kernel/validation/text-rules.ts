import { documentedProperties, has, type Rule, type Type } from './declared.js';

/** The rules that a text has, whatever else it is: each one needs a maximum length. */
const TEXT_RULES = ['isString', 'minLength', 'maxLength', 'isLength', 'matches'];

/** Whether the rules, or else the type that TypeScript has written down, say that the value is a string. */
export function isText(rules: readonly Rule[], model: Type<object> | undefined, name: string): boolean {
  if (TEXT_RULES.some((rule) => has(rules, rule))) return true;
  return model !== undefined && has(rules, 'isNotEmpty') && writtenType(model, name) === String;
}

/** A mapped type (`PartialType(Cat)`) has the type only in what documents it. */
function writtenType(model: Type<object>, name: string): unknown {
  const written: unknown = Reflect.getMetadata('design:type', (model as { prototype: object }).prototype, name);
  return written ?? documentedProperties(model).get(name)?.['type'];
}

export const PLAIN_REMEDY = 'or leave the route to a ValidationPipe of its own, as plain Nest (@ApiExcludeEndpoint())';

/** Why a field cannot be checked, and what to do about it. */
export function untyped(rules: readonly Rule[]): string {
  const remedy = REMEDIES.find(([rule]) => has(rules, rule))?.[1];
  if (remedy !== undefined) return `${remedy}, ${PLAIN_REMEDY}`;
  return `has no decorator that says its type: add one (@IsString and @MaxLength, @IsInt, @IsBoolean, @IsEnum, @IsDateTime), ${PLAIN_REMEDY}`;
}

const CONTENT =
  'which does not say what is in it: name a class (@ValidateNested() and @Type(() => …)), or @IsStringMap()';

const REMEDIES: readonly (readonly [rule: string, remedy: string])[] = [
  ['isObject', `has @IsObject, ${CONTENT}`],
  ['isNotEmptyObject', `has @IsNotEmptyObject, ${CONTENT}`],
  ['isInstance', `has @IsInstance, ${CONTENT}`],
  ['isDate', 'has @IsDate, which JSON has not: add @Type(() => Date) for text that is read as one'],
];
