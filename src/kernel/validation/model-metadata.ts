import { DECORATORS } from '@nestjs/swagger';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';

// Reads what decorators and the compiler plugin say of the fields of a DTO class.

/** A DTO class. Its instances have the defaults of its fields. */
export type Type<T> = new () => T;

/** A class-validator decorator, as its metadata storage keeps it. */
export type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** A field with its class-validator decorators. */
export interface DeclaredField {
  readonly name: string;
  readonly rules: readonly Rule[];
}

export const NESTED = ValidationTypes.NESTED_VALIDATION;

/**
 * Returns the decorated fields in declared order, base class first. A field that a subclass declares again keeps its
 * place.
 */
export function declaredFields(model: Type<object>): DeclaredField[] {
  const fields = new Map<string, Rule[]>();
  for (const type of classHierarchy(model)) {
    for (const rule of rulesOf(type)) if (rule.target === type) fields.set(rule.propertyName, []);
  }
  for (const rule of rulesOf(model)) fields.get(rule.propertyName)?.push(rule);
  return [...fields].map(([name, rules]) => ({ name, rules }));
}

/** The metadata of a property from `@ApiProperty` or the swagger plugin. */
export type Documented = Readonly<Record<string, unknown>>;

/** Returns the documented properties in declared order, base class first. `@ApiProperty` overrides the plugin. */
export function documentedProperties(model: Type<object>): Map<string, Documented> {
  const properties = new Map<string, Documented>();
  for (const level of classHierarchy(model)) {
    if (!Object.hasOwn(level, '_OPENAPI_METADATA_FACTORY')) continue;
    const { _OPENAPI_METADATA_FACTORY: found } = level as {
      _OPENAPI_METADATA_FACTORY?: () => Record<string, Documented>;
    };
    for (const [name, property] of Object.entries(found?.() ?? {})) properties.set(name, property);
  }
  const { prototype } = model as { prototype: object };
  const decorated = (Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, prototype) ?? []) as string[];
  for (const name of decorated.map((key) => key.slice(1))) {
    const declared = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, prototype, name) as Documented;
    properties.set(name, { ...properties.get(name), ...declared });
  }
  return properties;
}

/** Returns the class that `@Type` names for a nested field. */
export function nestedType(model: Type<object>, property: string): Type<object> | undefined {
  const type = defaultMetadataStorage.findTypeMetadata(model, property);
  if (type?.options?.discriminator !== undefined) {
    throw new Error(`${model.name}.${property}: a discriminator in @Type is not supported`);
  }
  return type?.typeFunction();
}

/** Returns an argument of the decorator with this name. */
export function ruleArgument(rules: readonly Rule[], name: string, position = 0): unknown {
  const constraints: unknown[] | undefined = rules.find((rule) => rule.name === name)?.constraints;
  return constraints?.[position];
}

export function hasRule(rules: readonly Rule[], name: string): boolean {
  return rules.some((rule) => rule.name === name || rule.type === name);
}

function rulesOf(model: Type<object>): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(model, '', false, false);
}

/** Returns the class and its base classes, the base first. */
export function classHierarchy(model: Type<object>): Type<object>[] {
  const types: Type<object>[] = [];
  for (let type: unknown = model; typeof type === 'function'; type = Reflect.getPrototypeOf(type)) {
    types.unshift(type as Type<object>);
  }
  return types.slice(1); // the first is Function.prototype
}
