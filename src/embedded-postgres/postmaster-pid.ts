/** What PostgreSQL writes into `postmaster.pid`, one fact a line; the later lines appear while it starts. */
export interface PostmasterPid {
  pid: number;
  /** A single-user `postgres --single` holds the folder too, and serves nobody. */
  alone: boolean;
  sockets: string;
  status: 'starting' | 'ready' | 'stopping' | undefined;
}

/** Reads the text of `postmaster.pid`; undefined when there is no process id in it. */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]?.trim() || Number.NaN);
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return { pid: Math.abs(pid), alone: pid < 0, sockets: lines[4]?.trim() ?? '', status: statusOf(lines[7]?.trim()) };
}

function statusOf(word: string | undefined): PostmasterPid['status'] {
  return word === 'starting' || word === 'ready' || word === 'stopping' ? word : undefined;
}
