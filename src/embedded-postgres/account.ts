import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Who runs the server. PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

/** A file that the account has to use: to read it, to run it, or just to get to it. */
export interface Need {
  path: string;
  to: 'enter' | 'read' | 'run';
}

/** A program and its arguments, and as whom it is started. */
export interface Launch {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
  /** Where it takes a capability to get there: what to do when that cannot be given. */
  remedy?: string;
}

export type Capability = 'dac_read_search' | 'dac_override';

/** The account whose files these folders are; root's own go to the account that exists everywhere and may do nothing. */
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
 * How root starts a program as another account. Where that account cannot get to its files, as below a home folder with
 * mode 0700, it is given the one capability that lets it through. Throws, naming the folder, when there is none to give.
 */
export function launchAs(account: Account, command: string, args: string[], needs: Need[]): Launch {
  const blocked = needs.map((need) => obstacle(need, account)).find((found) => found !== undefined);
  if (blocked === undefined) return { command, args, uid: account.uid, gid: account.gid };
  const runs = needs.filter(({ to }) => to === 'run').every(({ path }) => (statSync(path).mode & 0o001) !== 0);
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
      '--securebits=+no_setuid_fixup', // else access(2), which initdb asks about its own program, ignores capabilities
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

/** The weaker capability that this process holds and that suffices; to run a file that nobody else may run takes the stronger. */
export function usableCapability(status: string, runs: boolean): Capability | undefined {
  const permitted = maskOf(status, 'CapPrm') & maskOf(status, 'CapBnd');
  if (runs && (permitted & 4n) !== 0n) return 'dac_read_search'; // bit 2
  return (permitted & 2n) !== 0n ? 'dac_override' : undefined; // bit 1
}

/** Whether an account gets the wanted permission bits (4 read, 2 write, 1 run or enter) of a file. */
export function permits(file: { mode: number; uid: number; gid: number }, account: Account, bits: number): boolean {
  const shift = file.uid === account.uid ? 6 : file.gid === account.gid ? 3 : 0;
  return ((file.mode >> shift) & bits) === bits;
}

// The first folder on the way, or the file itself, that the account cannot use.
function obstacle({ path, to }: Need, account: Account): string | undefined {
  const bits = { enter: 1, read: 4, run: 5 }[to];
  const way: string[] = [];
  for (let folder = dirname(path); !way.includes(folder); folder = dirname(folder)) way.unshift(folder);
  return (
    way.find((folder) => !permits(statSync(folder), account, 1)) ??
    (permits(statSync(path), account, bits) ? undefined : path)
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
