/** What PostgreSQL writes into `postmaster.pid`, one value a line. The later lines appear while it starts. */
export interface PidFile {
  pid: number;
  /** It is a `postgres --single`: it holds the data directory too, but accepts no connections. */
  isSingleUser: boolean;
  socketDirectory: string;
  status: 'starting' | 'ready' | 'stopping' | undefined;
}

/** Reads the text of `postmaster.pid`; undefined when there is no process id in it. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]?.trim() || Number.NaN);
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  const socketDirectory = lines[4]?.trim() ?? '';
  return { pid: Math.abs(pid), isSingleUser: pid < 0, socketDirectory, status: statusOf(lines[7]?.trim()) };
}

function statusOf(word: string | undefined): PidFile['status'] {
  return word === 'starting' || word === 'ready' || word === 'stopping' ? word : undefined;
}
