import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The operating system account that runs the server. PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

/** A path that the account must be able to access: a file to read or run, or a folder to enter. */
export interface RequiredAccess {
  path: string;
  to: 'enter' | 'read' | 'run';
}

/** A program, its arguments, and the account that runs it. */
export interface Command {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
  /** Set if the program needs a capability: what the operator can do if it cannot be granted. */
  remedy?: string;
}

export type Capability = 'dac_read_search' | 'dac_override';

/**
 * Returns the owner of the first of these folders that root does not own, or else `nobody`. Throws if there is no
 * account `nobody`, which almost every system has.
 */
export function unprivilegedAccount(folders: string[]): Account {
  for (const folder of folders) {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  }
  const [, , uid, gid] = passwd().find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error(
      'PostgreSQL refuses to run as root, and there is no account "nobody": start Aerie as an ordinary user.',
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}

/** Returns the name and the number of an account, for messages. */
export function accountName(uid: number): string {
  const name = passwd().find(([, , id]) => id === String(uid))?.[0];
  return name === undefined ? `account ${uid}` : `${name} (account ${uid})`;
}

/**
 * Returns the command with which root starts a program as another account. If that account cannot access a required
 * path, for example below a home folder with mode 0700, the program gets the one Linux capability that it needs. Throws
 * an Error that names the path if this process does not have the capability.
 */
export function commandAs(account: Account, command: string, args: string[], required: RequiredAccess[]): Command {
  const blocked = required.map((access) => inaccessiblePath(access, account)).find((found) => found !== undefined);
  if (blocked === undefined) return { command, args, uid: account.uid, gid: account.gid };
  const runs = required.filter(({ to }) => to === 'run').every(({ path }) => (statSync(path).mode & 0o001) !== 0);
  const capability =
    process.platform === 'linux' ? usableCapability(readFileSync('/proc/self/status', 'utf8'), runs) : undefined;
  if (capability === undefined) throw new Error(blockedMessage(blocked, account));
  return {
    command: 'setpriv',
    args: [
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      `--inh-caps=-all,+${capability}`,
      `--ambient-caps=-all,+${capability}`,
      // otherwise access(2), with which initdb and pg_ctl find programs, ignores capabilities
      '--securebits=+no_setuid_fixup',
      '--',
      command,
      ...args,
    ],
    remedy: blockedMessage(blocked, account),
  };
}

function blockedMessage(path: string, { uid }: Account): string {
  return `PostgreSQL refuses to run as root, and ${accountName(uid)}, which would run it, cannot access ${path}. Run chmod o+x ${path}, or set DATA_DIR to a folder that every account can reach, or start as an ordinary user.`;
}

/**
 * Returns the weaker of the two capabilities that suffices and that this process has; undefined if there is none.
 * `runs` tells whether all accounts may run the programs. If not, running them needs the stronger capability.
 */
export function usableCapability(status: string, runs: boolean): Capability | undefined {
  const permitted = maskOf(status, 'CapPrm') & maskOf(status, 'CapBnd');
  if (runs && (permitted & 4n) !== 0n) return 'dac_read_search'; // bit 2
  return (permitted & 2n) !== 0n ? 'dac_override' : undefined; // bit 1
}

/** Whether a file's mode gives the account all of these permission bits (4 read, 2 write, 1 run or enter). */
export function hasPermission(
  file: { mode: number; uid: number; gid: number },
  account: Account,
  bits: number,
): boolean {
  const shift = file.uid === account.uid ? 6 : file.gid === account.gid ? 3 : 0;
  return ((file.mode >> shift) & bits) === bits;
}

// Returns the first parent folder, or else the path itself, that the account cannot access.
function inaccessiblePath({ path, to }: RequiredAccess, account: Account): string | undefined {
  const bits = { enter: 1, read: 4, run: 5 }[to];
  const folders: string[] = [];
  for (let folder = dirname(path); !folders.includes(folder); folder = dirname(folder)) folders.unshift(folder);
  return (
    folders.find((folder) => !hasPermission(statSync(folder), account, 1)) ??
    (hasPermission(statSync(path), account, bits) ? undefined : path)
  );
}

function maskOf(status: string, field: string): bigint {
  return BigInt(`0x${new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
}

function passwd(): string[][] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}
