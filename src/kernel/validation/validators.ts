import { getMetadataStorage, type ValidationArguments, type ValidatorConstraintInterface } from 'class-validator';
import type { Rule } from './model-metadata.js';
import { PLAIN_REMEDY } from './field-types.js';
import type { Run, Step } from './validation-run.js';
import { MASK } from './secret.js';

// Runs class-validator's own validators.

/** Returns a step that runs the validator of a decorator, also a custom one, and reports its message. */
export function validatorStep(rule: Rule): Step<unknown> {
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls);
  const where = `${typeof rule.target === 'string' ? rule.target : rule.target.name}.${rule.propertyName}`;
  if (constraint === undefined) throw new Error(`${where}: the decorator has no validator`);
  const late = `${where}: asynchronous validators are not supported: do this in the service, ${PLAIN_REMEDY}`;
  if (constraint.async) throw new Error(late);
  const { instance } = constraint;
  return (value, run, received) => {
    const args = argumentsFor(rule, value, run);
    const good = instance.validate(value, args);
    if (typeof good !== 'boolean') throw new Error(late);
    if (!good) run.refuse(messageOf(rule, instance, args, run.hidden), received);
    return good;
  };
}

/** Returns the `message:` of a rule. */
export function ownMessage(rule: Rule, value: unknown, run: Run): string {
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls);
  return messageOf(rule, constraint!.instance, argumentsFor(rule, value, run), run.hidden);
}

function argumentsFor(rule: Rule, value: unknown, run: Run): ValidationArguments {
  return {
    value,
    constraints: rule.constraints,
    targetName: run.object.constructor.name,
    object: run.object,
    property: rule.propertyName,
  };
}

/** Returns the message with class-validator's tokens replaced. The value of a secret is masked. */
function messageOf(
  rule: Rule,
  instance: ValidatorConstraintInterface,
  args: ValidationArguments,
  hidden: boolean,
): string {
  const shown = hidden ? { ...args, value: MASK } : args;
  const message = rule.message ?? instance.defaultMessage?.bind(instance) ?? 'Invalid value';
  const text = typeof message === 'string' ? message : message(shown);
  return text
    .replaceAll(/\$(?:constraint(\d+)|value|property|target)/g, (token: string, position?: string) => {
      if (position !== undefined) return written(args.constraints?.[Number(position) - 1]);
      if (token === '$value') return written(shown.value);
      return token === '$property' ? args.property : args.targetName;
    })
    .toWellFormed();
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(', ');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
