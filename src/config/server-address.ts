import { OperatorError } from './operator-error.js';

// The address of a server: its URL, and what a failure to listen there means to an operator.

/** Returns the URL of a host and port. */
export function serverUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The names of the variables with host and port. */
type Variables = readonly [host: string, port: string];

/** Converts a failure to listen to an OperatorError, if the operator can fix it. */
export function listenError(
  error: unknown,
  host: string,
  port: number,
  [ofHost, ofPort]: Variables = ['HOST', 'PORT'],
): unknown {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program: stop it, or set ${ofPort} to another number`,
    EACCES: `Port ${port} on ${host} may not be used by this account: set ${ofPort} to a number from 1024`,
    EADDRNOTAVAIL: `${ofHost} ${host} is not an address of this machine`,
    ENOTFOUND: `${ofHost} ${host} is not known: set it to an address of this machine`,
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new OperatorError(reason, { cause: error });
}
