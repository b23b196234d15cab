/** The content of `postmaster.pid`, one value per line. PostgreSQL writes the last lines while it starts. */
export interface PidFile {
  pid: number;
  /** Whether it is `postgres --single`, which locks the data directory too, but accepts no connections. */
  isSingleUser: boolean;
  socketDirectory: string;
  status: 'starting' | 'ready' | 'stopping' | undefined;
}

/** Parses the text of `postmaster.pid`. Returns undefined if it has no process id. */
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
