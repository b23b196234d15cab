/** An edit that a person makes in a generated file. */
export interface Edit {
  readonly file: RegExp;
  /** The text that must still be there after all other changes of the file. */
  readonly kept: string;
  /** Returns the edited text, or the same text if the file has no place for the edit. */
  readonly apply: (text: string, kept: string) => string;
}

const atEnd = (text: string, kept: string) => `${text}\n${kept}\n`;
const behindImports = (text: string, kept: string) => {
  const at = text.lastIndexOf('\nimport ');
  const end = text.indexOf(';\n', at) + 2;
  return `${text.slice(0, end)}\n${kept}\n${text.slice(end)}`;
};
/** Inserts the text on its own line before the first match. */
const before = (mark: RegExp) => (text: string, kept: string) => text.replace(mark, (found) => `${kept}\n${found}`);
/** Inserts the text on its own line after the first match. */
const behind = (mark: RegExp) => (text: string, kept: string) => text.replace(mark, (found) => `${found}\n${kept}\n`);
/** Replaces the first match. */
const instead = (mark: RegExp) => (text: string, kept: string) => text.replace(mark, () => kept);
/** Inserts the text on its own line at the end of the list that the pattern matches up to its last element. */
const atEndOf = (list: RegExp) => (text: string, kept: string) =>
  text.replace(list, (found) => `${found.replace(/,?\s*$/, '')},\n${kept}\n`);
const everywhere = (mark: RegExp, by: string) => (text: string) => text.replaceAll(mark, by);

const ENTITY: readonly Omit<Edit, 'file'>[] = [
  {
    kept: '  get by_hand(): string {\n    return `#${this.id}`;\n  }',
    apply: (text, kept) => text.replace(/\n\}\n(?![^]*\n\}\n)/, `\n\n${kept}\n}\n`),
  },
  { kept: '// The columns have the order of the import file.', apply: behindImports },
  { kept: '// Rows are kept for ten years.', apply: before(/^@Entity/m) },
  {
    kept: '  isNew(): boolean {\n    return this.version === 1;\n  }\n',
    apply: behind(/extends BaseColumns \{/),
  },
  { kept: '  static readonly MOST = 7;\n', apply: behind(/extends BaseColumns \{/) },
  { kept: '; // as the form has it', apply: instead(/;(?=\n\}\n(?![^]*\n\}\n))/) },
  { kept: "/** Whether it is one. */\nexport const isOne = (text: string) => text === 'one';", apply: atEnd },
  { kept: 'export type Told = Readonly<Record<string, unknown>>;', apply: behindImports },
];

const DTO: readonly Omit<Edit, 'file'>[] = [
  { kept: '// Only these classes validate the input.', apply: behindImports },
  { kept: '// Checks for one field.', apply: atEndOf(/import \{[^}]*(?=\} from 'class-validator')/) },
  {
    kept: '  // The fields have the order of the form.',
    apply: (text, kept) => text.replace(/(export class \w+Create \{[^]*?\n)(\}\n)/, `$1${kept}\n$2`),
  },
  { kept: " to be created by an editor.' })", apply: instead(/ to be created\.' \}\)/) },
  { kept: ', which never changes.', apply: (text, kept) => text.replace(/(Id of the (?!owner)[\w ]+)\./, `$1${kept}`) },
  {
    kept: '  // Everything may change.',
    apply: (text, kept) => text.replace(/(PatchType\(\w+\) \{)\}/, `$1\n${kept}\n}`),
  },
  { kept: '/** In one request. */\nexport const MOST_AT_ONCE = 100;', apply: atEnd },
  {
    kept: 'ApiSchema as Schema',
    apply: (text) => text.replaceAll('@ApiSchema(', '@Schema(').replace(/ApiSchema(?= \})/, 'ApiSchema as Schema'),
  },
  {
    kept: 'export type Rule = ValidationOptions;',
    apply: (text, kept) => behindImports(`import type { ValidationOptions } from 'class-validator';\n${text}`, kept),
  },
];

const SERVICE: readonly Omit<Edit, 'file'>[] = [
  {
    kept: '/** Whether an id can be one. */\nexport function isId(id: number): boolean {\n  return Number.isInteger(id) && id > 0;\n}',
    apply: atEnd,
  },
  {
    kept: '  /** Whether the service is there. */\n  isThere(): boolean {\n    return true;\n  }\n',
    apply: before(/^ {2}list\(/m),
  },
  {
    kept: '// The fields that admins see.',
    apply: (text, kept) => text.replace(/new AuditedRows<\w+>\('\w+', \[/, `$&\n${kept}\n`),
  },
  { kept: '    // Who made it is in the trail.', apply: behind(/^ {2}create\(.*\{$/m) },
  { kept: '// All else is hidden.', apply: atEndOf(/new AuditedRows<\w+>\('\w+', \[[^\]]*/) },
  { kept: 'const changed = ', apply: everywhere(/\bchanges\b(?!\.js)/g, 'changed') },
  { kept: '// In the order of the table.', apply: behind(/violatedConstraint\(error\);/) },
  { kept: 'export type Lister = (query: unknown) => unknown;', apply: behindImports },
];

const CONTROLLER: readonly Omit<Edit, 'file'>[] = [
  { kept: '// The guard has authenticated the caller.', apply: behindImports },
  { kept: ', and what belongs to them.', apply: instead(/ and their data\./) },
  { kept: 'const stored = await', apply: everywhere(/\bmade\b/g, 'stored') },
  {
    kept: '    // It is made at once.',
    apply: (text, kept) => text.replace('{ status: 201,', `{\n${kept}\n    status: 201,`),
  },
];

const RESOURCE: readonly Omit<Edit, 'file'>[] = [
  { kept: '// Rows are made for each account.', apply: behindImports },
  {
    kept: 'export default resource;',
    apply: (text, kept) => `${text.replace('export default {', 'const resource = {')}\n${kept}\n`,
  },
  { kept: 'as const satisfies Resource', apply: instead(/(?<!const )satisfies Resource/) },
  { kept: '// Everybody sees these.', apply: atEndOf(/shows: \{\s*\w+: \[[^\]]*/) },
  { kept: '    // Admins, and the rest.', apply: behind(/access: \{/) },
];

const TEST: readonly Omit<Edit, 'file'>[] = [
  {
    kept: "it('is a test by hand', () => {\n  expect(Object.keys(GIVEN).length).toBeGreaterThan(0);\n});",
    apply: atEnd,
  },
  { kept: '/** As the form sends it. */', apply: before(/^const GIVEN/m) },
  { kept: 'somebody.post(', apply: everywhere(/\b(?:admin|user)\b(?=\.| =|, '\/)/g, 'somebody') },
  { kept: 'const GIVEN: Record<string, unknown> =', apply: instead(/const GIVEN =/) },
  {
    kept: "it('waits by hand', async () => {\n  expect(await sleep(1, 'done')).toBe('done');\n});",
    apply: (text, kept) => `import { setTimeout as sleep } from 'node:timers/promises';\n${text}\n${kept}\n`,
  },
];

const of = (file: RegExp, edits: readonly Omit<Edit, 'file'>[]) => edits.map((edit) => ({ ...edit, file }));

export const EDITS: readonly Edit[] = [
  ...of(/\.entity\.ts$/, ENTITY),
  ...of(/\.dto\.ts$/, DTO),
  ...of(/\.service\.ts$/, SERVICE),
  ...of(/\.controller\.ts$/, CONTROLLER),
  ...of(/\.errors\.ts$/, [{ kept: '// Sentences are for people.', apply: atEnd }]),
  ...of(/\.module\.ts$/, [{ kept: '// The parts of the feature.', apply: before(/^@Module/m) }]),
  ...of(/\.resource\.ts$/, RESOURCE),
  ...of(/\.e2e-spec\.ts$/, TEST),
];
