import { ValidationTypes } from 'class-validator';
import { choiceCheck } from './choices.js';
import { listCheck, mapCheck } from './collections.js';
import {
  ruleArgument,
  declaredFields,
  documentedProperties,
  hasRule,
  NESTED,
  nestedType,
  type DeclaredField,
  type Rule,
  type Type,
} from './model-metadata.js';
import { dateTimeCheck } from './date-times.js';
import { DATE_TIME, MAY_BE_ABSENT, OPAQUE_STRING, STRING_MAP, TRIMMED, VISIBLE } from './fields.js';
import { RULES_CHECKED_BY_KERNEL, withOwnMessages } from './own-messages.js';
import { booleanCheck, intCheck, isBounded, numberCheck } from './numbers.js';
import { allHold, type Check, type Step } from './validation-run.js';
import { isMasked } from './secret.js';
import { isText, PLAIN_REMEDY, unknownTypeMessage } from './field-types.js';
import { emailCheck, maxLengthOf, stringCheck, uuidCheck } from './text.js';
import { isExcluded, transformOf } from './transformations.js';
import { validatorStep } from './validators.js';
import { validateModel, validatePartial, type Field, type CompiledModel } from './fill-model.js';

// Compiles a DTO class to a list of checks, by its class-validator and class-transformer decorators.

const models = new Map<Type<object>, CompiledModel>();

/** Returns the compiled class, compiled at its first use. Throws an Error for a class that cannot be validated. */
export function compiledModel<T extends object>(type: Type<T>): CompiledModel<T> {
  let model = models.get(type);
  if (model === undefined) models.set(type, (model = compile(type)));
  return model as CompiledModel<T>;
}

/** Returns the class and all classes nested in it, at any depth. */
export function reachable(type: Type<object>, found = new Set<Type<object>>()): Set<Type<object>> {
  if (found.has(type)) return found;
  found.add(type);
  for (const { name, rules } of inputFields(type)) {
    const nested = hasRule(rules, NESTED) ? nestedType(type, name) : undefined;
    if (nested !== undefined) reachable(nested, found);
  }
  return found;
}

function holdsSecrets(type: Type<object>): boolean {
  return [...reachable(type)].some((model) => inputFields(model).some(({ name }) => isMasked(model, name)));
}

function inputFields(type: Type<object>): DeclaredField[] {
  return declaredFields(type).filter(({ name }) => !isExcluded(type, name, 'request'));
}

function compile(type: Type<object>): CompiledModel {
  const declared = inputFields(type);
  if (declared.length === 0)
    throw new Error(`${type.name} has no decorated fields: add class-validator's decorators to them`);
  const defaults: object = new type();
  const isUndeclared = (name: string) =>
    !declared.some((field) => field.name === name) && !isExcluded(type, name, 'request');
  const undeclared = Object.keys(defaults).find(isUndeclared);
  if (undeclared !== undefined) throw new Error(`${type.name}.${undeclared} has no decorators: add class-validator's`);
  for (const [name, { readOnly }] of documentedProperties(type)) {
    if (readOnly || name in type.prototype || !isUndeclared(name)) continue; // getters are never sent
    throw new Error(
      `${type.name}.${name} has no validation decorator, so it would be documented but ignored: add one of class-validator's, or @ApiHideProperty()`,
    );
  }
  return { type, fields: declared.map((field) => fieldOf(type, field, defaults)), holdsSecrets: holdsSecrets(type) };
}

function fieldOf(type: Type<object>, { name, rules }: DeclaredField, defaults: object): Field {
  const problem = (text: string) => new Error(`${type.name}.${name} ${text}`);
  for (const rule of rules) refuseUnsupported(rule, problem);
  const optional = hasRule(rules, 'isOptional');
  const initial: unknown = Object.hasOwn(defaults, name) ? Reflect.get(defaults, name) : undefined;
  return {
    name,
    required: !optional && !hasRule(rules, MAY_BE_ABSENT) && initial === undefined,
    nullable: optional,
    secret: isMasked(type, name),
    transform: transformOf(type, name, problem),
    check: isList(rules) ? listOf(type, name, rules, problem) : valueCheck(type, name, rules, problem),
  };
}

type Problem = (text: string) => Error;

function refuseUnsupported(rule: Rule, problem: Problem): void {
  if (rule.groups?.length)
    throw problem(`uses validation groups, which are not supported: write one class per group, ${PLAIN_REMEDY}`);
  const conditional = rule.type === ValidationTypes.CONDITIONAL_VALIDATION && rule.name !== 'isOptional';
  if (conditional || rule.validateIf !== undefined)
    throw problem(`uses @ValidateIf, which is not supported: check it in the service, ${PLAIN_REMEDY}`);
  if (rule.type === ValidationTypes.PROMISE_VALIDATION)
    throw problem(`uses @ValidatePromise, which is not supported: remove it, ${PLAIN_REMEDY}`);
}

/** Whether a field with these rules accepts a list. */
export function isList(rules: readonly Rule[]): boolean {
  return hasRule(rules, 'isArray') || rules.some(({ each }) => each);
}

function listOf(type: Type<object>, name: string, rules: readonly Rule[], problem: Problem): Check {
  const ofItems = rules.filter((rule) => rule.each || rule.type === NESTED);
  const ofList = rules.filter((rule) => !ofItems.includes(rule));
  const item = valueCheck(type, name, ofItems, (text) => problem(`(each value) ${text}`));
  return withOwnMessages(ofList, listCheck(ofList, item, validatorsOf(ofList)));
}

function valueCheck(type: Type<object>, name: string, rules: readonly Rule[], problem: Problem): Check {
  return withOwnMessages(rules, checkByType(type, name, rules, problem));
}

function checkByType(type: Type<object>, name: string, rules: readonly Rule[], problem: Problem): Check {
  const validators = validatorsOf(rules);
  if (hasRule(rules, NESTED)) return nestedCheck(nestedType(type, name), validators, problem);
  if (hasRule(rules, STRING_MAP)) return mapCheck(rules, validators);
  if (hasRule(rules, 'isEnum') || hasRule(rules, 'isIn')) return choiceCheck(rules, validators);
  if (hasRule(rules, 'isEmail')) return emailCheck(rules, validators);
  if (hasRule(rules, 'isUuid')) return uuidCheck(rules, validators);
  if (hasRule(rules, DATE_TIME)) return dateTimeCheck(validators);
  if (hasRule(rules, 'isDate')) {
    if ((nestedType(type, name) as unknown) === Date) return dateTimeCheck(validators);
    throw problem(unknownTypeMessage(rules));
  }
  if (hasRule(rules, 'isBoolean')) return booleanCheck(validators);
  if (hasRule(rules, 'isInt') || hasRule(rules, 'isNumber')) {
    const options = Object.keys(ruleArgument(rules, 'isNumber') ?? {});
    if (options.length > 0) throw problem(`has @IsNumber options (${options.join(', ')}), which are not supported`);
    if (!isBounded(rules)) throw problem('needs @Min and @Max: the range of its column, within safe integers');
    return hasRule(rules, 'isInt') ? intCheck(rules, validators) : numberCheck(rules, validators);
  }
  if (!isText(rules, type, name)) throw problem(unknownTypeMessage(rules));
  if (maxLengthOf(rules) === undefined) throw problem('needs @MaxLength: the length of its column');
  return stringCheck(rules, validators);
}

/** The nested model is looked up per value, so that a class may contain itself. */
function nestedCheck(nested: Type<object> | undefined, validators: readonly Step<unknown>[], problem: Problem): Check {
  if (nested === undefined) throw problem('needs @Type(() => …) for its nested class');
  return (value, run) => {
    const instance = run.merges
      ? validatePartial(compiledModel(nested), value, run)
      : validateModel(compiledModel(nested), value, run);
    return instance !== undefined && allHold(validators, instance, run, value) ? instance : undefined;
  };
}

/** The rules that the checks above implement. Others run as class-validator's own validators. */
const CHECKED = new Set([
  ...RULES_CHECKED_BY_KERNEL,
  STRING_MAP,
  DATE_TIME,
  MAY_BE_ABSENT,
  TRIMMED,
  VISIBLE,
  OPAQUE_STRING,
]);

const CUSTOM = new Set([ValidationTypes.CUSTOM_VALIDATION, ValidationTypes.IS_DEFINED]);

function validatorsOf(rules: readonly Rule[]): Step<unknown>[] {
  return rules.filter((rule) => CUSTOM.has(rule.type) && !CHECKED.has(rule.name ?? '')).map(validatorStep);
}
