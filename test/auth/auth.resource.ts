import { anAccessToken } from '../support/access-tokens.js';
import { aSession } from '../support/factories.js';
import type { Resource } from '../support/resource.js';

export default {
  access: {
    signIn: 'credentials',
    refreshToken: 'credentials',
    signOut: 'caller in session',
    listSessions: 'caller in session',
    endSession: 'own in session',
    endUserSessions: 'admin in session',
    getTotp: 'caller in session',
    enrolTotp: 'caller in session',
    removeTotp: 'caller in session',
    confirmTotp: 'caller in session',
    renewRecoveryCodes: 'caller in session',
    listAccessTokens: 'caller in session',
    createAccessToken: 'caller in session',
    revokeAccessToken: 'owner only in session',
    forgotPassword: 'public',
    resetPassword: 'credentials',
    sendVerification: 'caller in session',
    verifyEmail: 'credentials',
  },
  subjects: {
    session_id: { table: 'sessions', make: ({ id }) => aSession(id) },
    token_id: { table: 'access_tokens', make: (owner) => anAccessToken(owner) },
  },
  shows: { access_tokens: ['name', 'scope'], sessions: ['device'] },
} satisfies Resource;
