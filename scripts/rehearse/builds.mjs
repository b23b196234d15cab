// Builds the last release beside this checkout.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = join(import.meta.dirname, '../..');
const git = (...args) => execFileSync('git', args, { cwd: HERE, encoding: 'utf8' }).trim();

/**
 * Returns the commit to start from: the last release (the newest tag `v…` that this checkout contains). A tag of this
 * very checkout is the release that is being made, and does not count. Before the first release it is the newest
 * first-parent commit whose migrations differ from those of the working tree. Returns undefined if there is none.
 */
export function formerCommit() {
  const here = migrationsHere();
  const head = git('rev-parse', 'HEAD');
  const tags = git('tag', '--merged', 'HEAD', '--list', 'v*', '--sort=-version:refname').split('\n').filter(Boolean);
  const isFormer = (tag) => git('rev-list', '-1', tag) !== head || migrationsAt(tag) !== here;
  const release = tags.find(isFormer);
  if (release !== undefined) return release;
  const commits = git('log', '--first-parent', '--format=%H', '-500').split('\n');
  return commits.find((commit) => migrationsAt(commit) !== here);
}

const isMigration = (name) => name.endsWith('.ts');
const migrationsHere = () => readdirSync(join(HERE, 'migrations')).filter(isMigration).toSorted().join();
const migrationsAt = (commit) =>
  git('ls-tree', '--name-only', `${commit}:migrations`).split('\n').filter(isMigration).toSorted().join();

/** Builds a commit in a separate worktree. Returns the folder, and a function that removes it. */
export function buildFormer(commit, log) {
  const folder = join(mkdtempSync(join(tmpdir(), 'aerie-rehearsal-build-')), 'former');
  const remove = () => {
    git('worktree', 'remove', '--force', folder);
    rmSync(join(folder, '..'), { recursive: true, force: true });
  };
  git('worktree', 'add', '--detach', folder, commit);
  try {
    const lock = (of) => readFileSync(join(of, 'package-lock.json'), 'utf8');
    if (lock(folder) === lock(HERE) && existsSync(join(HERE, 'node_modules')))
      symlinkSync(join(HERE, 'node_modules'), join(folder, 'node_modules'));
    else {
      log('Installing the packages of the old build');
      execFileSync('npm', ['ci', '--no-fund', '--no-audit'], { cwd: folder, stdio: 'ignore' });
    }
    log('Building the old build');
    execFileSync(process.execPath, ['scripts/build-if-needed.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}
