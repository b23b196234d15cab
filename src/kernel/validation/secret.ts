import { Transform, TransformationType } from 'class-transformer';
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';

// @Secret: fields whose values no error shows.

/** The text that a 422 shows in place of a secret. */
export const MASK = '**********';

/** The normalized names of the secrets of all classes. */
const names = new Set<string>();
/** Those that are secrets in every class. */
const unambiguousNames = new Set<string>();

interface SecretOptions {
  /** True for a name that is not a secret in other models, such as `code`. It is shown there. */
  readonly ambiguous?: boolean;
}

const unchanged = ({ value }: { value: unknown }): unknown => value;
/**
 * The mark of a secret: mapped types (`PartialType`, `PickType`, …) copy transformations, also those of base classes.
 * It belongs to a group, and no group is ever active, so it never runs.
 */
const mark = Transform(unchanged, { groups: ['aerie:secret'] });

/**
 * Marks a field whose value is never shown: errors show the mask, also within a parent object, and for fields with the
 * same name in other models.
 */
export function Secret({ ambiguous = false }: SecretOptions = {}): PropertyDecorator {
  return (prototype, property) => {
    mark(prototype, property);
    names.add(plain(String(property)));
    if (!ambiguous) unambiguousNames.add(plain(String(property)));
  };
}

/**
 * Whether any class has a secret of this name: a client that confuses two requests sends a secret to a class that does
 * not declare it. Letter case, `_` and `-` do not matter, so that a misspelt `Password` is masked, too.
 */
export function isSecretName(name: string): boolean {
  return names.has(plain(name));
}

const plain = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase();

/** Whether the class, or one that it is derived from, marks the property as a secret. */
export function isSecret(model: object, property: string): boolean {
  const transformations = storage.findTransformMetadatas(model, property, TransformationType.PLAIN_TO_CLASS);
  return transformations.some(({ transformFn }) => transformFn === unchanged);
}

/** Whether errors mask the field: it is marked, or has the unambiguous name of a secret. */
export function isMasked(model: object, property: string): boolean {
  return isSecret(model, property) || unambiguousNames.has(plain(property));
}
