import { PostponeJobError, UnrecoverableJobError } from '../jobs/attempt.errors.js';

/** What nodemailer tells of a mail that was not sent. */
interface SmtpError {
  /** Its own word, e.g. `EENVELOPE`: the server refuses the sender or the recipient; `EMESSAGE`: the content. */
  readonly code?: string;
  /** The server's reply code (RFC 5321): 4xx for now, 5xx for good. */
  readonly responseCode?: number;
}

/**
 * Whether another attempt has a chance. A refusal for good of this very mail has none. Everything else passes: the server
 * is down or busy, breaks off, or does not know our password, which an operator will mend.
 */
export function outcomeOf(error: unknown): Error {
  const { code, responseCode } = error as SmtpError;
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutMail && (responseCode ?? 500) >= 500) {
    return new UnrecoverableJobError(`The mail server refused the mail (${responseCode ?? code})`, { cause: error });
  }
  return new PostponeJobError(`The mail server is not accepting mail now (${responseCode ?? code})`, { cause: error });
}
