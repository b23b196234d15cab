/** What a 422 shows in place of a secret. */
export const MASK = '**********';

const secrets = new WeakMap<object, Set<string>>();
/** Of all classes together. */
const names = new Set<string>();
/** Those of them that mean a secret wherever they stand. */
const telling = new Set<string>();

interface SecretOptions {
  /** True for a name that other models have for what is no secret, such as `code`: there the field itself is shown. */
  readonly ambiguous?: boolean;
}

/**
 * Marks a field whose value is never shown: errors show the mask, also inside a parent object, and in the fields of this
 * name that other models have without the mark.
 */
export function Secret({ ambiguous = false }: SecretOptions = {}): PropertyDecorator {
  return (prototype, property) => {
    const own = secrets.get(prototype.constructor) ?? new Set();
    secrets.set(prototype.constructor, own.add(String(property)));
    names.add(plain(String(property)));
    if (!ambiguous) telling.add(plain(String(property)));
  };
}

/**
 * Whether any class has a secret of this name: a client that mixes up two requests sends a secret to a class that does not
 * know it. Letter case, `_` and `-` do not matter, so that a misspelt `Password` is masked, too.
 */
export function isSecretName(name: string): boolean {
  return names.has(plain(name));
}

const plain = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase();

/** Whether the class, or one that it extends, marks the property as a secret. */
export function isSecret(model: object, property: string): boolean {
  for (let type: object | null = model; type !== null; type = Reflect.getPrototypeOf(type)) {
    if (secrets.get(type)?.has(property)) return true;
  }
  return false;
}

/** Whether errors hide what a field of the class was sent: it is marked, or its name tells that it is a secret. */
export function isHidden(model: object, property: string): boolean {
  return isSecret(model, property) || telling.has(plain(property));
}
