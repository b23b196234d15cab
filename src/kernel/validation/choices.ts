import { ruleArgument, hasRule, type Rule } from './model-metadata.js';
import { allHold, type Check, type Step } from './validation-run.js';

/** One of the values of an enum or a list. The error for any other value names them all. */
export function choiceCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const type = hasRule(rules, 'isEnum') ? 'enum' : 'literal_error';
  const choices = (
    type === 'enum' ? ruleArgument(rules, 'isEnum', 1) : ruleArgument(rules, 'isIn')
  ) as readonly unknown[];
  const known = new Set(choices);
  const expected = listed(choices);
  return (value, run) => {
    if (!known.has(value)) return run.fail(type, `Input should be ${expected}`, value, { expected });
    return allHold(validators, value, run) ? value : undefined;
  };
}

/** `'a', 'b' or 'c'`, as British English writes lists. */
const LIST = new Intl.ListFormat('en-GB', { type: 'disjunction' });

const listed = (choices: readonly unknown[]) =>
  LIST.format(choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : String(choice))));
