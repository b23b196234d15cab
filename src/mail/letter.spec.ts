import { html } from './html.js';
import { letter } from './letter.js';

const HOSTILE = `"><script>alert('x')</script>&amp;`;
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;';

describe('html', () => {
  it('escapes each inserted value exactly once', () => {
    const inner = html`<b title="${HOSTILE}">${HOSTILE}</b>`;
    expect(inner.text).toBe(`<b title="${ESCAPED}">${ESCAPED}</b>`);
    expect(html`<p>${inner}${[inner, inner]}${7}</p>`.text).toBe(`<p>${inner.text.repeat(3)}7</p>`);
  });
});

describe('a letter', () => {
  it('has the same content as text and as HTML', () => {
    const { text, html: page } = letter('Title', 'Hello Ann,', { facts: [['Orders', '4']] }, { code: '184 223' });
    expect(text).toBe('Hello Ann,\n\nOrders: 4\n\n    184 223\n');
    for (const said of ['Title', 'Hello Ann,', 'Orders', '4', '184 223']) expect(page).toContain(said);
  });

  it('ends with the sender and the reason, in the text form after a signature delimiter', () => {
    const { text, html: page } = letter('Title', 'Hello', { sentBecause: 'you are <Ann>' });
    expect(text).toBe('Hello\n\n-- \nAerie sent you this mail because you are <Ann>.\n');
    expect(page).toContain('Aerie sent you this mail because you are &lt;Ann&gt;.');
  });

  it('escapes every value in the HTML', () => {
    const url = `https://aerie.example/?a="><script>&b`;
    const { html: page } = letter(
      HOSTILE,
      HOSTILE,
      { facts: [[HOSTILE, HOSTILE]] },
      { code: HOSTILE },
      { action: HOSTILE, url },
    );
    expect(page).not.toContain('<script>');
    expect(page.split(ESCAPED)).toHaveLength(8);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])(
    'refuses a link that is not http or https: %s',
    (url) => {
      expect(() => letter('Title', { action: 'Click', url })).toThrow(
        'A mail can link to http and https addresses only',
      );
    },
  );

  it('loads no external resources', () => {
    const { html: page } = letter('Title', 'Hello', { action: 'Click', url: 'https://aerie.example/' });
    expect(page).not.toMatch(/<(?:img|link|script|iframe)|src=|url\(|@import/i);
  });
});
