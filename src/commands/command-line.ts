import { Command, InvalidArgumentError, Option, type CommanderError } from 'commander';
import { RELEASE } from '../kernel/common/release.js';
import { REQUEST_ID } from '../kernel/context/request-id.js';
import { exitWithError } from '../start/exit-with-error.js';

// All commands of `aerie`. The code of a command is loaded when it runs.

const EXIT_CODES = `
Exit codes: 0 success; 1 failure, with the reason; 2 wrong usage, nothing was done.
Settings are environment variables: see docs/configuration.md.`;

const STORY = `
With LOG_LEVEL=debug the log has the statements. GET /requests/REQUEST_ID shows them while the server has them in memory.`;

/**
 * Runs the command that these arguments name. Ends the process with exit code 2 if they are invalid, before anything is
 * done.
 */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync(words, { from: 'user' });
  } catch (error) {
    await exitWithError(error);
  }
}

function commandLine(): Command {
  const aerie = new Command('aerie')
    .description("A company's core API.")
    .version(RELEASE, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('Use --help to list the commands and options.')
    .exitOverride(({ exitCode }: CommanderError) => process.exit(exitCode === 0 ? 0 : 2));
  addServices(aerie);
  addData(aerie);
  addAdmins(aerie.command('admin').description('List, create and change admins.'));
  addContract(aerie);
  return aerie;
}

function addServices(aerie: Command): void {
  inCheckout(aerie.command('serve'), 'npm start --')
    .description('Migrate the database, then serve until SIGTERM or SIGINT.')
    .option('--quiet', 'do not print the addresses')
    .action(async ({ quiet = false }: { quiet?: boolean }) => {
      const { start } = await import('../start/start.js');
      await start({ isQuiet: quiet });
    });
  inCheckout(aerie.command('worker'), 'npm run worker --')
    .description('Run jobs (mails, exports, clean-ups) until SIGTERM or SIGINT, without serving requests.')
    .action(async () => {
      const { startJobWorker } = await import('../start/start-job-worker.js');
      await startJobWorker();
    });
}

function addData(aerie: Command): void {
  inCheckout(aerie.command('migrate'), 'npm run migrate --')
    .description('Apply the pending migrations.')
    .addOption(new Option('--status', 'list the migrations without applying them').conflicts(['dryRun', 'down']))
    .addOption(
      new Option('--dry-run', 'print the statements of pending migrations without applying them').conflicts('down'),
    )
    .option('--down <N>', 'revert the last N migrations', count)
    .action(async (options) => (await import('./migrate.js')).migrate(options));
  inCheckout(aerie.command('seed'), 'npm run seed --')
    .description('Replace ALL data with the rows of a file: {"users": […], "items": […], "posts": […], "orders": […]}.')
    .argument('<FILE.json>', '', path)
    .option('--yes', 'do not ask for confirmation')
    .option('--production', 'allow it if NODE_ENV is production')
    .action(async (file, options) => (await import('./seed.js')).seed(file, options));
  inCheckout(aerie.command('backup'), 'npm run backup --')
    .description('Back up the embedded database to a new file. Works while Aerie runs.')
    .argument('<FILE>', '', path)
    .action(async (file) => (await import('./backup.js')).backup(file));
  inCheckout(aerie.command('restore'), 'npm run restore --')
    .description('Verify the audit trail of a backup, and restore it into the embedded database.')
    .argument('<FILE>', '', path)
    .option('--replace', 'replace a database that has accounts')
    .action(async (file, options) => (await import('./backup.js')).restore(file, options));
  inCheckout(aerie.command('audit').description('The audit trail.').command('verify'), 'npm run audit:verify --')
    .description('Verify that the audit trail was not changed, and print its head.')
    .option('--head <HASH,…>', 'verify that the trail still contains these heads', heads)
    .action(async (options) => (await import('./verify-audit.js')).verifyAudit(options));
  inCheckout(aerie.command('story'), 'npm run story --')
    .description('Show what a request did and caused: jobs, mails and audit events, and log lines of a file.')
    .argument('<REQUEST_ID>', '', requestId)
    .option('--log <FILE>', 'read log lines from this file; - for standard input', path)
    .addHelpText('after', STORY)
    .action(async (id, options) => (await import('./story.js')).story(id, options));
}

function addAdmins(admin: Command): void {
  const command = (
    name: string,
    about: string,
    run: (admins: typeof import('./admin.js'), email: string) => Promise<void>,
  ) =>
    inCheckout(admin.command(name), `npm run admin -- ${name}`)
      .description(about)
      .argument('<EMAIL>')
      .action(async (email) => run(await import('./admin.js'), email));
  inCheckout(admin.command('list'), 'npm run admin -- list')
    .description('List all admins.')
    .action(async () => (await import('./admin.js')).listAdmins());
  command('create', 'Create an admin. Asks for the password, or makes a random one.', (admins, email) =>
    admins.createAdmin(email),
  );
  command('promote', 'Make an account an admin.', (admins, email) => admins.promote(email));
  command('demote', 'Make an admin a user again. Fails for the last active admin.', (admins, email) =>
    admins.demote(email),
  );
  command(
    'password',
    'Set the password of an account. Asks for it, or makes a random one. Ends its sessions and deletes its access tokens.',
    (admins, email) => admins.setPassword(email),
  );
}

function addContract(aerie: Command): void {
  inCheckout(aerie.command('openapi'), 'npm run openapi --')
    .description('Write openapi.json, the document that the application serves.')
    .addOption(
      new Option('--release', 'also write openapi.released.json, which later changes must not break').conflicts(
        'server',
      ),
    )
    .option('--server <URL>', 'write one with this absolute server URL to DATA_DIR, for tools', address)
    .action(async (options) => (await import('./openapi.js')).openApi(options));
  inCheckout(
    aerie.command('migration').description('Migrations in development.').command('generate'),
    'npm run migration:generate --',
  )
    .description('Generate a migration from the differences between the entities and the database.')
    .argument('<NAME>', 'lower-case words, such as add-stock-to-items', fileName)
    .action(async (name) => (await import('./generate-migration.js')).generateMigration(name));
}

/**
 * Adds the npm script to the help of a command, since a checkout has no program `aerie`. Without `--`, npm takes the
 * options for its own.
 */
function inCheckout(command: Command, script: string): Command {
  return command.addHelpText('after', () => `\nIn a checkout: ${script} ${command.usage()}`);
}

function path(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must be the path of a file.');
}

function requestId(text: string): string {
  if (REQUEST_ID.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be an X-Request-ID: up to 64 letters, digits, dots, underscores and hyphens.',
  );
}

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(text);
}

function heads(text: string): string[] {
  const hashes = text.toLowerCase().split(',');
  if (hashes.every((hash) => /^[\da-f]{64}$/.test(hash))) return hashes;
  throw new InvalidArgumentError('It must be hashes of 64 hexadecimal digits, separated by commas.');
}

function address(text: string): string {
  if (/^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError(
    'It must be the address of the server, such as https://api.example.com, without ? or #.',
  );
}

function fileName(text: string): string {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be lower-case words, such as add-stock-to-items.');
}
