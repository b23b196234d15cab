// `npm run generate -- resource …`: runs a schematic of this folder on the project, and updates openapi.json.
import { spawnSync } from 'node:child_process';
import { Refusal } from './lib/refusal.ts';
import { runSchematic } from './lib/run-schematic.ts';

const HELP = `Usage: npm run generate -- resource NAME FIELD… [options]
   or: npm run generate -- field NAME FIELD
   or: npm run generate -- rename-field NAME FORMER NEW
   or: npm run generate -- remove-field NAME FIELD

Generates a resource with its migration and its tests, or adds, renames or removes a field of a resource.

FIELD is NAME:TYPE, optionally followed by bounds in parentheses, ? (nullable), :unique and =DEFAULT:
  name:string(2..100) note:text? stock:int(0..1000)=0 code:string(12..20):unique item:items
TYPE is string, text, email, url, uuid, int, cents, boolean, date, datetime, enum(A,B), list, map,
or another resource.

  --search FIELDS  the fields that ?search= searches, separated by commas
  --reads WHO      who may read: public, signed-in (default), admin; with --owner also own (then the default)
  --writes WHO     who may write: admin (default), signed-in
  --owner          each row belongs to the account that created it
  --dry-run        print all files without writing them
  --help           print this help`;

/** The next steps for the user, by schematic. */
const NEXT: Readonly<Record<string, string>> = {
  'rename-field':
    'Next: describe the breaking change in CHANGELOG.md and run "npm test". After the release, run remove-field for the old name',
  'remove-field':
    'Next: describe the breaking change in CHANGELOG.md and run "npm test". After the release, run the same command again to drop the column',
  field: 'Next: review the changes, describe the field in its comments, and run "npm test"',
  resource: 'Next: review the new files, describe the fields in their comments, and run "npm test"',
};

const [schematic, ...rest] = process.argv.slice(2);
if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
  console.log(HELP);
} else if (schematic === undefined) {
  console.error(HELP);
  process.exitCode = 2;
} else {
  const words = rest.filter((word) => word !== '--dry-run');
  try {
    await generate(schematic, words, words.length < rest.length);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = error instanceof Refusal ? 2 : 1;
  }
}

async function generate(schematic: string, words: readonly string[], dryRun: boolean): Promise<void> {
  if (!Object.hasOwn(NEXT, schematic))
    throw new Refusal(`Unknown command "${schematic}": use one of ${Object.keys(NEXT).join(', ')}`);
  if (!dryRun) refuseUncommitted();
  const { written, said } = await runSchematic(schematic, words, { dryRun });
  for (const { path, verb, content } of written) console.log(dryRun ? `--- ${path}\n${content}` : `${verb} ${path}`);
  for (const sentence of said) console.log(sentence);
  if (dryRun) return console.log('Nothing was written. Without --dry-run, openapi.json is updated, too.');
  updateDocument();
  console.log(NEXT[schematic]!);
}

/** Refuses a work tree with changes, so that users can see and undo what was generated. */
function refuseUncommitted(): void {
  const { status, stdout } = spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' });
  if (status !== 0) throw new Refusal('This folder is not a git repository, so the changes could not be undone');
  if (stdout !== '')
    throw new Refusal('There are uncommitted changes: commit them first, to keep them apart from the generated ones');
}

function updateDocument(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'openapi'], { stdio: 'inherit' });
  if (status !== 0)
    throw new Error('openapi.json was not updated: correct the files that were not placed, and run "npm run openapi"');
}
