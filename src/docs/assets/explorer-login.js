import { DOCUMENT_URL, pathOfRequest } from './explorer-document.js';
import { forgetRows } from './explorer-prefill.js';

/**
 * The sign-in form for the OAuth2 password flow. Swagger UI's own form also asks for client credentials and sends them
 * in an Authorization header. This form asks only for what the server requires, and keeps only the token. The token is
 * stored in the tab: it is kept on a reload and deleted when the tab is closed.
 */
export const loginPlugin = { wrapComponents: { oauth2: withLoginForm } };

const STORED = 'explorer.login';
const MAX_TIMER_MS = 2 ** 31 - 1;
/** The server's error for a correct password without the code that the account requires. */
const SECOND_FACTOR_REQUIRED = 'Second factor required';

/** Signs in again after a reload, unless the token has expired. */
export function restoreLogin({ authActions }) {
  const login = stored();
  if (!login) return;
  const { name, token } = login;
  if (token.expires_at && token.expires_at <= Date.now()) sessionStorage.removeItem(STORED);
  else signIn(authActions, { name, schema: { type: 'oauth2', flow: 'password' } }, token);
}

function signIn(authActions, auth, token) {
  authActions.authorizeOauth2({ auth, token });
  sessionStorage.setItem(STORED, JSON.stringify({ name: auth.name, token }));
  const left = token.expires_at - Date.now();
  if (!token.expires_at || left > MAX_TIMER_MS) return;
  setTimeout(() => {
    // a later sign-in has its own token and timer
    if (stored()?.token.access_token === token.access_token) signOut(authActions, auth.name);
  }, left);
}

function signOut(authActions, name) {
  sessionStorage.removeItem(STORED);
  forgetRows();
  authActions.logout([name]);
}

function stored() {
  return JSON.parse(sessionStorage.getItem(STORED) ?? 'null');
}

/** Shows this form in the dialog for the password flow, and Swagger UI's form for every other flow. */
function withLoginForm(Original, system) {
  const LoginForm = loginForm(system);
  const h = system.React.createElement;
  return function OAuth2(props) {
    const { name, schema, authorized } = props;
    if (schema.get('flow') !== 'password') return h(Original, props);
    return h(LoginForm, { name, schema, signedIn: Boolean(authorized.get(name)) });
  };
}

function loginForm({ React: { createElement: h, useState }, authActions }) {
  const close = () => authActions.showDefinitions(false);
  return function LoginForm({ name, schema, signedIn }) {
    const [state, setState] = useState({ busy: false, error: '', needsCode: false });
    const submit = async (event) => {
      event.preventDefault();
      const { username, password, otp } = event.currentTarget.elements;
      setState({ ...state, busy: true, error: '' });
      const given = { username: username.value, password: password.value, ...(otp ? { otp: otp.value } : {}) };
      const answer = await requestToken(tokenUrl(schema), given);
      const needsCode = state.needsCode || answer.error === SECOND_FACTOR_REQUIRED;
      setState({ busy: false, error: answer.error ?? '', needsCode });
      if (answer.token) signIn(authActions, { name, schema }, answer.token);
    };
    const logout = () => {
      endSession(tokenUrl(schema));
      signOut(authActions, name);
    };
    return signedIn ? h(SignedIn, { h, close, logout }) : h(SignIn, { h, submit, close, ...state });
  };
}

/** The account of the demo data, if the server has it: `{ email, password }`. */
const demo = JSON.parse(document.getElementById('explorer')?.dataset.demo ?? 'null');

function DemoAccount({ h }) {
  const signInWithIt = ({ currentTarget: { form } }) => {
    form.elements.username.value = demo.email;
    form.elements.password.value = demo.password;
    form.requestSubmit();
  };
  return h(
    'p',
    { className: 'login-demo' },
    `Demo account: ${demo.email}, ${demo.password} `,
    h('button', { type: 'button', onClick: signInWithIt }, 'Use it'),
  );
}

/** Also asks for a code if the password was correct and the account has a second factor. */
function SignIn({ h, submit, close, busy, error, needsCode }) {
  const username = { autoComplete: 'username', autoFocus: true, autoCapitalize: 'none', spellCheck: false };
  const password = { type: 'password', autoComplete: 'current-password' };
  const otp = { autoComplete: 'one-time-code', autoFocus: true, autoCapitalize: 'none', spellCheck: false };
  return h(
    'form',
    { className: 'auth-container login', onSubmit: submit },
    field(h, 'E-mail', { id: 'oauth_username', name: 'username', ...username }),
    field(h, 'Password', { id: 'oauth_password', name: 'password', ...password }),
    needsCode && field(h, 'Authenticator code or recovery code', { id: 'oauth_otp', name: 'otp', ...otp }),
    h('p', { className: 'login-error', role: 'alert' }, error),
    demo && h(DemoAccount, { h }),
    h(
      'div',
      { className: 'auth-btn-wrapper' },
      h('button', { type: 'submit', className: 'btn modal-btn auth authorize', disabled: busy }, 'Authorize'),
      h('button', { type: 'button', className: 'btn modal-btn auth btn-done', onClick: close }, 'Close'),
    ),
  );
}

function field(h, label, attributes) {
  return h(
    'div',
    { className: 'login-field' },
    h('label', { htmlFor: attributes.id }, label),
    h('input', { type: 'text', required: true, ...attributes }),
  );
}

function SignedIn({ h, close, logout }) {
  return h(
    'div',
    { className: 'auth-container login' },
    h('p', { className: 'login-done', role: 'status' }, 'You are signed in. Your token is sent with each request.'),
    h(
      'div',
      { className: 'auth-btn-wrapper' },
      h('button', { type: 'button', className: 'btn modal-btn auth logout', onClick: logout }, 'Logout'),
      h(
        'button',
        { type: 'button', className: 'btn modal-btn auth btn-done', onClick: close, autoFocus: true },
        'Close',
      ),
    ),
  );
}

function tokenUrl(schema) {
  return new URL(schema.get('tokenUrl'), DOCUMENT_URL);
}

/** Returns `{ token }`, or `{ error }` with the server's message. */
async function requestToken(url, given) {
  const body = new URLSearchParams({ grant_type: 'password', ...given });
  try {
    const response = await fetch(url, { method: 'POST', body, headers: { accept: 'application/json' } });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) return { error: sentenceOf(answer.detail) ?? `The server returned status ${response.status}.` };
    const { access_token, token_type, expires_in } = answer;
    return { token: { access_token, token_type, expires_at: expires_in ? Date.now() + expires_in * 1000 : null } };
  } catch {
    return { error: 'The server did not respond. Try again.' };
  }
}

/** Ends the session on the server, too, if the document has a logout next to the token URL. */
function endSession(url) {
  const logout = new URL('logout', url);
  const login = stored();
  if (!login || pathOfRequest({ url: logout, method: 'POST' }) === undefined) return;
  const headers = { authorization: `Bearer ${login.token.access_token}` };
  // the page deletes the token in any case; if this request fails, the session ends when it expires
  fetch(logout, { method: 'POST', headers, keepalive: true }).catch(() => {});
}

function sentenceOf(detail) {
  return Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join('\n') : detail;
}
