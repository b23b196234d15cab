import { OperatorError } from '../kernel/errors/operator-error.js';

/** How a host and its port are written in the address of a web page. */
export function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A failure to listen, as a sentence where the operator can mend it. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program: stop it, or set PORT to another number`,
    EACCES: `Port ${port} on ${host} may not be used by this account: set PORT to a number from 1024`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine`,
    ENOTFOUND: `HOST ${host} is not known: set it to an address of this machine`,
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new OperatorError(reason, { cause: error });
}
