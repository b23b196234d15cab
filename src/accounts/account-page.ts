import { createHash } from 'node:crypto';
import { html, Html } from '../mail/html.js';

/** A page with a form that sends the token from a mail. */
export interface AccountForm {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  /** Whether the form also asks for a new password. */
  readonly newPassword?: boolean;
  /** The text after success. */
  readonly done: string;
}

export const RESET_PASSWORD: AccountForm = {
  title: 'Set a new password',
  text: 'You will be signed out on all devices, and your personal access tokens will stop working.',
  button: 'Set new password',
  newPassword: true,
  done: 'Your password was changed. You can now sign in with the new password.',
};

export const VERIFY_EMAIL: AccountForm = {
  title: 'Confirm your e-mail address',
  text: 'Press the button to confirm that this e-mail address is yours.',
  button: 'Confirm e-mail address',
  done: 'Your e-mail address is confirmed.',
};

/**
 * Returns the HTML of the form, with the problems of the previous attempt. `minLength` is the minimum length of a new
 * password.
 */
export function formPage(form: AccountForm, minLength: number, problems: readonly string[] = []): string {
  const { title, text, button, newPassword = false } = form;
  const problem = problems.map((sentence) => html`<p role="alert">${sentence}</p>`);
  const password = html`<label>
    New password
    <input name="new_password" type="password" autocomplete="new-password" minlength="${minLength}" required />
    <small>At least ${minLength} characters, including an upper-case letter.</small>
  </label>`;
  return page(
    title,
    html`${problem}
      <p>${text}</p>
      <form method="post">
        <label id="code">
          Code from the mail
          <input name="token" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="100" required />
        </label>
        ${newPassword ? password : []}
        <button>${button}</button>
      </form>
      ${SCRIPT}`,
  );
}

export function donePage({ title, done }: AccountForm): string {
  return page(title, html`<p>${done}</p>`);
}

// The page also works without this script: the code is then typed in. Browsers do not send the fragment to servers, so
// only a script can read it.
const FILL_IN = `
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const code = document.getElementById('code');
if (token) {
  code.querySelector('input').value = token;
  code.hidden = true;
}
`;
const LOOKS = `
:root { color-scheme: light dark; --page: #f1f3f5; --card: #fff; --text: #1c2127; --quiet: #5b6472; --line: #c4c9cf; --accent: #1f5fbf }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #1f2429; --text: #e8eaed; --quiet: #a4adb8; --line: #4a525b; --accent: #3f7fdf }
}
* { box-sizing: border-box }
body { margin: 0; padding: 32px 16px; background: var(--page); color: var(--text); font: 16px/1.5 -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif }
main { max-width: 440px; margin: 0 auto; padding: 32px; border-radius: 12px; background: var(--card) }
h1 { margin: 0 0 16px; font-size: 22px; line-height: 1.3 }
.brand, small { color: var(--quiet); font-size: 13px }
.brand { margin: 0 0 24px; font-weight: 600; letter-spacing: 1px }
label, small { display: block }
label { margin: 0 0 20px; font-weight: 600 }
label[hidden] { display: none }
small { margin-top: 6px; font-weight: 400 }
input, button { width: 100%; padding: 12px; border-radius: 8px; font: inherit }
input { margin-top: 6px; border: 1px solid var(--line); background: var(--page); color: var(--text) }
button { border: 0; background: var(--accent); color: #fff; font-weight: 600; cursor: pointer }
:is(input, button):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role='alert'] { padding: 12px 16px; border-left: 4px solid #c2372a; background: var(--page) }
`;
const SCRIPT = new Html(`<script>${FILL_IN}</script>`);
const STYLE = new Html(`<style>${LOOKS}</style>`);

const hashOf = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;

/** The Content-Security-Policy of the pages: only their own script and style, and forms that post to Aerie itself. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(FILL_IN)}`,
  `style-src ${hashOf(LOOKS)}`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Aerie</title>
        <link rel="icon" href="data:," />
        ${STYLE}
      </head>
      <body>
        <main>
          <p class="brand">AERIE</p>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}
