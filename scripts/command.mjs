// Reads the arguments of the project's own commands (`npm run dev`, `fuzz`, `bench`, …). Aerie's own commands are in
// src/commands/command-line.ts.
import { Command, InvalidArgumentError } from 'commander';
import { spawnSync } from 'node:child_process';

/** Returns a command. It exits with code 0 after `--help` and with code 2 after wrong arguments. */
export function command(name, about) {
  return new Command(name)
    .description(about)
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('Use --help to list the commands and options.')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** Returns a parser of whole numbers from `least` to `most`. The parser throws InvalidArgumentError for other texts. */
export function whole(least, most = Number.MAX_SAFE_INTEGER) {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** Parses the name of a commit or a tag of this repository. Throws InvalidArgumentError if it has none of this name. */
export function commit(text) {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${text}^{commit}`];
  if (spawnSync('git', args, { cwd: import.meta.dirname }).status === 0) return text;
  throw new InvalidArgumentError('It must be a commit or a tag of this repository.');
}
