import fc from 'fast-check';
import pluralize from 'pluralize';
import { namesOf } from '../../schematics/lib/names.ts';
import { refuseTaken, type Sources } from '../../schematics/lib/project.ts';
import { whyNoField } from '../../schematics/lib/reserved.ts';

/** Names of resources. */
const NOUNS =
  'supplier vendor invoice project ticket crate shelf branch contract vehicle campaign device license machine meeting policy product shipment survey team venue warehouse workshop zone asset batch bundle category channel city client coupon courier customer department document driver facility gift grade holiday house journey lesson letter lab movie paper parcel patient plan pump region room route scooter series-part sensor shop skill song space sport stage station street studio subscription tariff tool track train voucher watch event tag message role person bus quiz analysis status type matrix hero child manager transaction path'.split(
    ' ',
  );
const WORDS =
  'title label email code website reference amount price quantity weight active verified started due_on founded status kind tags labels settings note remarks phone street city rating level score priority color size external_ref contact_email home_page last_seen username token secret_note data length name text date type description paid body'.split(
    ' ',
  );

const bounds = (least: number, most: number, min = 0) =>
  fc
    .tuple(fc.integer({ min: Math.max(least, min), max: most }), fc.integer({ min: least, max: most }))
    .map(([a, b]) => (a === b ? '' : `(${Math.min(a, b)}..${Math.max(a, b)})`));

const maybe = (text: string, weight = 2) => fc.oneof({ arbitrary: fc.constant(''), weight }, fc.constant(text));

const choices = fc
  .uniqueArray(fc.constantFrom('new', 'paid', 'US', 'DE', 'in_stock', 'class', 'A', 'b2'), {
    minLength: 2,
    maxLength: 5,
  })
  .map((list) => list.join(','));

/** The rest of a field's definition, after its name. */
const type = fc.oneof(
  fc.tuple(fc.constant('string'), bounds(1, 200), maybe('?')).map((parts) => parts.join('')),
  fc.integer({ min: 12, max: 120 }).map((max) => `string(${max % 7}..${max})?:unique`.replace('(0', '(1')),
  fc.integer({ min: 12, max: 120 }).map((max) => `string(2..${max}):unique`),
  fc.constantFrom('string(1..40)=new', 'text=none', 'text', 'text?', 'text(20..300)', 'string'),
  fc.constantFrom('email', 'email?', 'email:unique', 'url', 'url?', 'url:unique', 'uuid', 'uuid?', 'uuid:unique'),
  fc.tuple(fc.constant('int'), bounds(-1000, 100_000), maybe('?')).map((parts) => parts.join('')),
  fc.constantFrom('int=0', 'int(-5..5)=-3', 'int:unique', 'int(10..2000000):unique', 'int', 'int?'),
  fc.tuple(fc.constant('cents'), bounds(-100_000, 1_000_000_000), maybe('?')).map((parts) => parts.join('')),
  fc.constantFrom('cents=0', 'cents', 'cents(-10..10)=-1'),
  fc.constantFrom('boolean', 'boolean?', 'boolean=true', 'boolean=false'),
  fc.constantFrom('date', 'date?', 'datetime', 'datetime?'),
  fc.tuple(choices, maybe('?')).map(([list, optional]) => `enum(${list})${optional}`),
  choices.map((list) => `enum(${list})=${list.split(',')[1]}`),
  fc.constantFrom('list', 'list(1..5)', 'list(0..3)', 'map'),
);

interface Draft {
  readonly noun: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  readonly relations: readonly { readonly at: number; readonly named: boolean; readonly optional: boolean }[];
  readonly isTree: boolean;
  readonly search: readonly number[];
  readonly access: string;
}

const draftOf = (nouns: readonly string[]) =>
  fc.record({
    noun: fc.constantFrom(...nouns),
    fields: fc.uniqueArray(fc.record({ name: fc.constantFrom(...WORDS), type }), {
      minLength: 1,
      maxLength: 8,
      selector: ({ name }) => name,
    }),
    relations: fc.array(fc.record({ at: fc.nat(), named: fc.boolean(), optional: fc.boolean() }), { maxLength: 2 }),
    isTree: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
    search: fc.array(fc.nat(), { maxLength: 3 }),
    access: fc.constantFrom(
      '--writes admin --reads public',
      '--writes admin --reads signed-in',
      '--writes admin --reads admin',
      '--writes signed-in --reads public',
      '--writes signed-in --reads admin',
      '',
      '--owner',
      '--owner --reads public',
      '--owner --reads signed-in',
    ),
  });

/** Returns the names that the project does not use: it may already have resources of its user. */
export function freeNouns(sources: Sources): string[] {
  return NOUNS.filter((noun) => {
    try {
      refuseTaken(namesOf(noun), sources);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Returns the arguments of `npm run generate -- resource` for `count` resources with some of these names. Later
 * resources may refer to earlier ones.
 */
export function definitions(seed: number, count: number, nouns: readonly string[]): string[][] {
  const [drafts] = fc.sample(
    fc.uniqueArray(draftOf(nouns), { minLength: count, maxLength: count, selector: ({ noun }) => noun }),
    {
      seed,
      numRuns: 1,
    },
  );
  const targets: Target[] = [
    { noun: 'item', path: 'items', owned: false },
    { noun: 'order', path: 'orders', owned: true },
    { noun: 'post', path: 'posts', owned: true },
  ];
  return drafts!.map((one) => {
    const words = wordsFor(one, targets);
    targets.push({ noun: one.noun, path: pluralize.plural(one.noun), owned: one.access.includes('--owner') });
    return words;
  });
}

interface Target {
  readonly noun: string;
  readonly path: string;
  readonly owned: boolean;
}

function wordsFor(drafted: Draft, targets: readonly Target[]): string[] {
  const { noun, fields, relations, isTree, search, access } = drafted;
  const open = access.includes('--writes admin') || access === '' ? targets : targets.filter(({ owned }) => !owned);
  const related = relations.map(({ at, named, optional }, i) => {
    const target = open[at % open.length]!;
    const own = target.noun.replaceAll('-', '_');
    const isFree = whyNoField(own) === undefined && !fields.some((field) => field.name === own);
    const name = named && i === 0 && isFree ? own : `other_${i}`;
    return `${name}:${target.path}${optional ? '?' : ''}`;
  });
  const texts = fields.filter(({ type }) => /^(?:string|email)/.test(type)).map(({ name }) => name);
  const searched = texts.length === 0 ? [] : [...new Set(search.map((at) => texts[at % texts.length]!))];
  const looked = searched.length > 0 ? ['--search', searched.join(',')] : [];
  return [
    noun,
    ...fields.map(({ name, type }) => `${name}:${type}`),
    ...related,
    ...(isTree && !access.includes('--owner') ? [`parent:${pluralize.plural(noun)}?`] : []),
    ...looked,
    ...access.split(' ').filter(Boolean),
  ];
}

/** Returns the type of a field that can be added to any of these resources. */
export function addedField(seed: number): string {
  const kinds = fc.constantFrom(
    'string(2..40)?',
    'string(12..30)?:unique',
    'text?',
    'email?',
    'url?',
    'uuid?',
    'int(1..9)?',
    'int=3',
    'cents=0',
    'boolean=false',
    'boolean?',
    'date?',
    'datetime?',
    'enum(low,high)=low',
    'enum(low,high)?',
    'list',
    'map',
  );
  return fc.sample(kinds, { seed, numRuns: 1 })[0]!;
}
