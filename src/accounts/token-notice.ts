import type { Notice } from '../users/email.dto.js';

/** Returns the response to a request for a mail with a token. */
export const tokenNotice = (isQueued: boolean): Notice => ({
  message: isQueued ? 'Email queued' : 'A mail is already on its way, please wait a minute before you request another',
});
