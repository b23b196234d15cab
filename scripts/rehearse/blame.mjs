// Finds the statement of a migration that causes a finding. What the rehearsal finds after a migration may have been caused by
// any of its statements: the last one may be harmless.
import { escaped } from './sql.mjs';

/** These change nothing that a build uses, unless the finding names what they create. */
const HARMLESS =
  /^(?:comment|analyze|grant|set|reset|begin|commit|prepare|execute|deallocate|show|explain|create\s+(?:unlogged\s+|temp\w*\s+)?(?:table|schema|type|domain|extension|sequence|statistics|publication)|create\s+(?:or\s+replace\s+)?(?:materialized\s+)?view|create\s+index|refresh|vacuum)\b/i;
const TUNES =
  /^alter\s+table\s+\S+\s+(?:set\s*\(|reset\s*\(|validate\b|cluster\b|replica\b|alter\s+(?:column\s+)?\S+\s+set\s+(?:statistics|storage|compression)\b)/i;
/** A new column, which nothing refuses. */
const ADDS =
  /^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?\S+\s+add\s+(?:column\s+)?(?!constraint|check|foreign|primary|unique|exclude)/i;
const BINDS = /\b(?:not\s+null|unique|check|references|primary|drop|rename|default)\b/i;
/** Reading without locks. A function may do anything. */
const READS = /^select\b(?!.*\()/is;

/** Sentences about something that is not there. */
const MISSES = /does not exist|\bis gone\b|\blacks\b|no longer/;

/** The words of our sentences and of messages of PostgreSQL, which say nothing about the cause. */
const COMMON = new Set(
  `add after again also and answers any are audit because been before behind build but can cannot changed changes check column columns
  constraint constraints created database date default deletes does error exist existing exists fail failed fails first foreign
  from function gone had has have index insert inserts into its key last list lists longer may meanwhile missing more new not
  now null number numbers old one only other others read reads refused relation repeats request requests row rows same select
  sequence session setting starts statement stores table tables takes than that the then there they trigger type undone unique
  update updates value values violates wait waits was were which with without`.split(/\s+/),
);

/**
 * Returns the text of the statement that best fits what the sentence names, or undefined if there are no statements.
 * Names in quotes, and those with an underscore, count more than words. `table` is the table of the finding, if known.
 */
export function culprit(statements, sentence, table) {
  const names = namesIn(sentence);
  const scored = statements.map(({ text }) => ({ text, score: scoreOf(text, names, sentence, table) }));
  return scored.reduce((best, one) => (best === undefined || one.score >= best.score ? one : best), undefined)?.text;
}

function scoreOf(text, names, sentence, table) {
  const isNamed = (name) => new RegExp(`\\b${escaped(name)}\\b`, 'i').test(text);
  const named = [...names].reduce((sum, [name, weight]) => sum + (isNamed(name) ? weight : 0), 0);
  const isAbout = table !== undefined && isNamed(table.split('.').at(-1));
  const isRemoved = MISSES.test(sentence) && [...names.keys()].some((name) => removes(text, name));
  return named + (isAbout ? 2 : 0) + (isRemoved ? 3 : 0) + (isHarmless(text) ? 0 : 4);
}

/** Returns whether a statement drops what has this name, or gives it another one. */
function removes(text, name) {
  const kind = String.raw`(?:\w+\s+)?(?:concurrently\s+)?(?:if\s+exists\s+)?`;
  return new RegExp(String.raw`\b(?:drop|rename)\s+${kind}"?${escaped(name)}\b`, 'i').test(text);
}

function isHarmless(text) {
  return HARMLESS.test(text) || TUNES.test(text) || READS.test(text) || (ADDS.test(text) && !BINDS.test(text));
}

/** Returns what a sentence names, with its weight. */
function namesIn(sentence) {
  const quoted = [...sentence.matchAll(/["']([a-z_][\w.]*)["']/gi)].flatMap(([, name]) => name.split('.'));
  const words = sentence.match(/[a-z_]\w+/gi) ?? [];
  const plain = words.filter((word) => word.length > 2 && !COMMON.has(word.toLowerCase()));
  return new Map([...plain.map((word) => [word, word.includes('_') ? 2 : 1]), ...quoted.map((name) => [name, 4])]);
}
