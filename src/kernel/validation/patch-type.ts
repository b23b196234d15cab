import { declaredFields, documentedProperties, hasRule, type Documented, type Type } from './model-metadata.js';
import { MayBeAbsent } from './fields.js';

/**
 * A class with the same fields, all of which may be absent, for a PATCH: `class PostPatch extends PatchType(PostCreate)
 * {}`. Unlike with `PartialType`, fields that are not nullable stay so, and absent fields get no defaults.
 */
export function PatchType<T extends object>(model: Type<T>): Type<Partial<T>> {
  const base = model as Type<object>;
  class Patch extends base {
    static _OPENAPI_METADATA_FACTORY(): Record<string, Documented> {
      return Object.fromEntries([...documentedProperties(model)].map(([name, property]) => [name, optional(property)]));
    }

    constructor() {
      super();
      for (const name of Object.keys(this)) Reflect.deleteProperty(this, name);
    }
  }
  for (const { name, rules } of declaredFields(model)) {
    if (!hasRule(rules, 'isOptional')) MayBeAbsent()(Patch.prototype, name);
  }
  return Patch;
}

function optional({ default: _default, ...property }: Documented): Documented {
  return { ...property, required: false };
}
