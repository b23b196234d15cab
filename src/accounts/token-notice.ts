import type { Notice } from '../users/email.dto.js';

/** What became of a mail with a token that was asked for. */
export const tokenNotice = (isQueued: boolean): Notice => ({
  message: isQueued ? 'Email queued' : 'A mail is already on its way, please wait a minute before you request another',
});
