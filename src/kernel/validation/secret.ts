/** What a 422 shows in place of a secret. */
export const MASK = '**********';

const secrets = new WeakMap<object, Set<string>>();
/** Of all classes together. */
const names = new Set<string>();

/** Marks a field whose value must never be echoed: its `input` is the mask, also inside an echoed parent object. */
export function Secret(): PropertyDecorator {
  return (prototype, property) => {
    const own = secrets.get(prototype.constructor) ?? new Set();
    secrets.set(prototype.constructor, own.add(String(property)));
    names.add(plain(String(property)));
  };
}

/**
 * Whether it is what a secret is called, in this class or in another: who takes one request for another sends a secret by a
 * name that the class does not know. Without letter case, `_` and `-`: a misspelt `Password` must not show the password either.
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
