import { readdirSync, readFileSync } from 'node:fs';

/** The value on Linux, as `getconf CLK_TCK` prints it. */
const TICKS_PER_SECOND = 100;

/**
 * Returns the CPU µs so far and the resident bytes now of a process and all its descendants. Counts the pages that they
 * share (the program, its libraries) once. Linux only.
 */
export function treeUsage(root) {
  const parts = processes(root).map((pid) => ({ cpuUs: cpuUs(pid), ...memory(pid) }));
  const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
  return { cpuUs: sum('cpuUs'), memory: sum('own') + Math.max(...parts.map(({ shared }) => shared)) };
}

function processes(root) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = fields(pid)?.[1];
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [String(root)];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/**
 * Returns the fields of /proc/PID/stat after the name of the program, which may contain spaces. The state is field 0,
 * the parent 1, user and system time 11 and 12.
 */
function fields(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function cpuUs(pid) {
  const [user = 0, system = 0] = fields(pid)?.slice(11, 13).map(Number) ?? [];
  return ((user + system) * 1e6) / TICKS_PER_SECOND;
}

function memory(pid) {
  const text = read(`/proc/${pid}/smaps_rollup`) ?? '';
  const bytes = (kind) => {
    const kilobytes = [...text.matchAll(new RegExp(`^${kind}_\\w+:\\s+(\\d+) kB`, 'gm'))].map(([, found]) =>
      Number(found),
    );
    return kilobytes.reduce((total, one) => total + one, 0) * 1024;
  };
  return { own: bytes('Private'), shared: bytes('Shared') };
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended meanwhile
  }
}
