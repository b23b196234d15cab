import { documentedProperties, has, type Rule, type Type } from './declared.js';

/** class-validator's rules that only a string can meet, by their names. */
const TEXT_RULES = (
  'isString isLength minLength maxLength matches contains notContains isAlpha isAlphanumeric isAscii isBase32 isBase58 isBase64 ' +
  'isBIC isBooleanString isBtcAddress isByteLength isCreditCard isCurrency isDataURI isDateString isDecimal isEAN ' +
  'isEthereumAddress isFirebasePushId isFQDN isFullWidth isHalfWidth isHash isHexadecimal isHexColor isHSL isIBAN ' +
  'isIdentityCard isIp isISBN isISIN isISO31661Alpha2 isISO31661Alpha3 isISO4217CurrencyCode isIso8601 isISRC isISSN isJson ' +
  'isJwt isLatLong isLocale isLowercase isMacAddress isMagnetURI isMilitaryTime isMimeType isMobilePhone isMongoId ' +
  'isMultibyte isNumberString isOctal isPassportNumber isPhoneNumber isPort isPostalCode isRFC3339 isRgbColor isSemVer ' +
  'isStrongPassword isSurrogatePair isTaxId isTimeZone isUppercase isUrl isVariableWidth'
).split(' ');

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
  return `has no decorator that says its type: add one (@IsString, @IsInt, @IsBoolean, @IsEnum, @IsDateTime), ${PLAIN_REMEDY}`;
}

const CONTENT =
  'which does not say what is in it: name a class (@ValidateNested() and @Type(() => …)), or @IsStringMap()';

const REMEDIES: readonly (readonly [rule: string, remedy: string])[] = [
  ['isObject', `has @IsObject, ${CONTENT}`],
  ['isNotEmptyObject', `has @IsNotEmptyObject, ${CONTENT}`],
  ['isInstance', `has @IsInstance, ${CONTENT}`],
  ['isDate', 'has @IsDate, which JSON has not: add @Type(() => Date) for text that is read as one'],
];
