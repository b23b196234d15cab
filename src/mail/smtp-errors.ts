import { PostponeJobError, UnrecoverableJobError } from '../jobs/attempt.errors.js';

/** The error of nodemailer for a mail that was not sent. */
interface SmtpError {
  /**
   * nodemailer's code. `EENVELOPE`: the server refuses the sender or the recipient. `EMESSAGE`: it refuses the content.
   */
  readonly code?: string;
  /** The server's reply code (RFC 5321): 4xx is temporary, 5xx is permanent. */
  readonly responseCode?: number;
}

/**
 * Returns the error to throw. If the server permanently refuses this mail, another attempt is useless:
 * UnrecoverableJobError. All other errors are temporary: PostponeJobError. The server may be down or busy, close the
 * connection, or refuse the credentials until an operator corrects them.
 */
export function outcomeOf(error: unknown): Error {
  const { code, responseCode } = error as SmtpError;
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutMail && (responseCode ?? 500) >= 500) {
    return new UnrecoverableJobError(`The mail server refused the mail (${responseCode ?? code})`, { cause: error });
  }
  return new PostponeJobError(`The mail server is not accepting mail now (${responseCode ?? code})`, { cause: error });
}
