import { html, type Html } from './html.js';

/**
 * A part of a mail: a paragraph, a table of facts, a code to type in elsewhere, a button, or the reason for the mail.
 */
export type Block =
  | string
  | { readonly facts: readonly (readonly [name: string, value: string])[] }
  | { readonly code: string }
  | { readonly action: string; readonly url: string }
  | { readonly sentBecause: string };

export interface Rendered {
  readonly text: string;
  readonly html: string;
}

/**
 * Renders a mail as text and as HTML, with the same content. All values are text and are escaped in the HTML. Throws if
 * a `url` is not `http:` or `https:`.
 *
 * `mailer.send({ id, to, subject, ...letter(subject, 'Hello Ann,', …) })`
 */
export function letter(title: string, ...blocks: readonly Block[]): Rendered {
  return { text: `${blocks.map(asText).join('\n\n')}\n`, html: page(title, blocks.map(asHtml)).text };
}

/**
 * Lines of at most 72 characters, so that an ASCII mail needs no encoding: that of longer lines splits words and codes.
 */
const LINE = /(.{1,72})(?: +|$)/gm;

function asText(block: Block): string {
  if (typeof block === 'string') return block.replaceAll(LINE, '$1\n').trimEnd();
  if ('facts' in block) return block.facts.map(([name, value]) => `${name}: ${value}`).join('\n');
  if ('code' in block) return `    ${block.code}`;
  if ('sentBecause' in block) return `-- \n${asText(footer(block.sentBecause))}`;
  return `${block.action}:\n${webAddress(block.url)}`;
}

function asHtml(block: Block): Html {
  if (typeof block === 'string') return html`<p style="margin:0 0 16px">${block}</p>`;
  if ('facts' in block) return table(block.facts);
  if ('code' in block) return html`<p class="box" style="${BOX}">${block.code}</p>`;
  if ('sentBecause' in block) {
    return html`<p class="quiet line" style="${SMALL};${FOOTER}">${footer(block.sentBecause)}</p>`;
  }
  const url = webAddress(block.url);
  return html`<p style="margin:24px 0"><a href="${url}" style="${BUTTON}">${block.action}</a></p>
    <p class="quiet" style="${SMALL};margin:0 0 16px">
      Or open this link:<br /><a class="quiet" href="${url}" style="color:#5b6472;word-break:break-all">${url}</a>
    </p>`;
}

const footer = (reason: string) => `Aerie sent you this mail because ${reason}.`;

function table(facts: readonly (readonly [string, string])[]): Html {
  const rows = facts.map(
    ([name, value]) =>
      html`<tr>
        <td class="quiet line" style="${CELL};color:#5b6472">${name}</td>
        <td class="line" align="right" style="${CELL};padding-left:16px;text-align:right;${wrapOf(value)}">${value}</td>
      </tr>`,
  );
  return html`<table
    role="presentation"
    width="100%"
    cellpadding="0"
    cellspacing="0"
    style="margin:8px 0 24px;border-collapse:collapse"
  >
    ${rows}
  </table>`;
}

/** Keeps an amount on one line. A longer value, such as a date, would leave the names too little room on a phone. */
function wrapOf(value: string): string {
  return `white-space:${value.length > LONGEST_LINE ? 'normal' : 'nowrap'}`;
}

function webAddress(url: string): string {
  if (!['http:', 'https:'].includes(new URL(url).protocol))
    throw new Error('A mail can link to http and https addresses only');
  return url;
}

// Mail clients support little: tables, inline styles, no remote resources. Clients with a dark mode use its colours.
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5";
const SMALL = 'font-size:13px;line-height:1.5;color:#5b6472';
const FOOTER = 'margin:32px 0 0;padding-top:16px;border-top:1px solid #e3e6ea';
const LONGEST_LINE = 20;
const CELL = 'padding:10px 0;border-bottom:1px solid #e3e6ea;vertical-align:top';
const BOX =
  'margin:8px 0 24px;padding:16px;border-radius:8px;background:#f1f3f5;text-align:center;font-family:Consolas,Menlo,monospace;font-size:22px;letter-spacing:2px;overflow-wrap:anywhere';
const BUTTON =
  'display:inline-block;padding:12px 24px;border-radius:8px;background:#1f5fbf;color:#ffffff;font-weight:600;text-decoration:none';
const DARK = `@media (prefers-color-scheme: dark) {
  .page { background: #14171a !important } .card { background: #1f2429 !important; color: #e8eaed !important }
  .quiet { color: #a4adb8 !important } .line { border-color: #3a4149 !important } .box { background: #14171a !important }
}`;

function page(title: string, body: readonly Html[]): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${title}</title>
        <style>
          ${DARK}
        </style>
      </head>
      <body class="page" style="margin:0;padding:0;background:#f1f3f5">
        <table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f3f5">
          <tr>
            <td align="center" style="padding:32px 16px">
              <table
                class="card"
                role="presentation"
                width="560"
                cellpadding="0"
                cellspacing="0"
                style="width:100%;max-width:560px;border-radius:12px;background:#ffffff;color:#1c2127"
              >
                <tr>
                  <td style="padding:32px;overflow-wrap:anywhere;${FONT}">
                    <p class="quiet" style="${SMALL};margin:0 0 24px;letter-spacing:1px;font-weight:600">AERIE</p>
                    <h1 style="margin:0 0 20px;font-size:22px;line-height:1.3">${title}</h1>
                    ${body}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `;
}
