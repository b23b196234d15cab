import { getSystemErrorMessage } from 'node:util';

/** Returns why the system refused something, in words and without the path: `no such file or directory`. */
export function systemReason(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR') return 'it is a folder'; // the system calls it an illegal operation
  return errno === undefined ? message : getSystemErrorMessage(errno);
}
