// In one file, and so on one application. Those of sessions and second factors are the quickest to tell.
import '../bearer-tokens.e2e-spec.js';
import '../auth.e2e-spec.js';
import '../sessions.e2e-spec.js';
import '../session-list.e2e-spec.js';
import '../access-tokens.e2e-spec.js';
import '../access.e2e-spec.js';
import '../second-factor.e2e-spec.js';
import '../totp.e2e-spec.js';
