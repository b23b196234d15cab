import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The account of the operating system that runs the server. PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

/** A file that the account must have access to: to read it, to run it, or only to enter the folders above it. */
export interface RequiredAccess {
  path: string;
  to: 'enter' | 'read' | 'run';
}

/** A program with its arguments, and the account to start it as. */
export interface Command {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
  /** If it is started with a capability: what the operator can do when that cannot be given. */
  remedy?: string;
}

export type Capability = 'dac_read_search' | 'dac_override';

/** The account that owns the first of these folders that is not root's; else `nobody`, which exists everywhere. */
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

/** The name of an account for a message, with its number. */
export function accountName(uid: number): string {
  const name = passwd().find(([, , id]) => id === String(uid))?.[0];
  return name === undefined ? `account ${uid}` : `${name} (account ${uid})`;
}

/**
 * The command by which root starts a program as another account. If that account has no access to a file, as below a home
 * folder with mode 0700, the program gets the one Linux capability that gives it access. Throws, naming the folder, if this
 * process has no such capability.
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
      '--securebits=+no_setuid_fixup', // else access(2), by which initdb and pg_ctl look for programs, ignores capabilities
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
 * The weaker of the two capabilities that this process holds and that suffices. To run a file that others may not run takes the
 * stronger one, hence `runs`: whether others may run the programs.
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

// The first folder above the file, or the file itself, that the account has no access to.
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
