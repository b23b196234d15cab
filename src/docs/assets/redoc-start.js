const text = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
const code = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

const INLINE_CODE = { fontFamily: code, fontSize: '13px' };
const LIGHT = {
  inlineCode: INLINE_CODE,
  colors: { primary: { main: '#1f6f8b' } },
  sidebar: { backgroundColor: '#f7f6f2' },
  rightPanel: { backgroundColor: '#1c2b33' },
};
const DARK = {
  inlineCode: { ...INLINE_CODE, color: '#ffab9b', backgroundColor: '#2d3336' },
  colors: {
    primary: { main: '#4a98b5' }, // readable on dark and on white, since some buttons are white
    success: { main: '#7fc98f' },
    error: { main: '#ff8a75' },
    gray: { 50: '#262b2e', 100: '#2d3336' },
    text: { primary: '#e4e6e6', secondary: '#a9b3b8' },
    border: { dark: '#3b454a', light: '#3b454a' },
  },
  schema: { nestedBackground: '#22282b', linesColor: '#4a565c', typeNameColor: '#a9b3b8', typeTitleColor: '#a9b3b8' },
  sidebar: { backgroundColor: '#16191b', textColor: '#e4e6e6' },
  rightPanel: {
    backgroundColor: '#14181a',
    servers: { overlay: { backgroundColor: '#262b2e', textColor: '#e4e6e6' }, url: { backgroundColor: '#14181a' } },
  },
  codeBlock: { backgroundColor: '#0f1214' },
};

// ReDoc cannot change its colours after it has started.
const dark = globalThis.matchMedia('(prefers-color-scheme: dark)');
const { inlineCode, ...theme } = dark.matches ? DARK : LIGHT;
dark.addEventListener('change', () => location.reload());

// ReDoc's own theme uses fonts from a font service. These fonts are installed on the reader's machine.
globalThis.Redoc.init(
  new URL('openapi.json', location.href).pathname,
  {
    nativeScrollbars: true,
    hideDownloadButton: false,
    expandResponses: '200,201',
    requiredPropsFirst: true,
    schemaExpansionLevel: 1,
    theme: {
      ...theme,
      typography: {
        fontFamily: text,
        fontSize: '15px',
        headings: { fontFamily: text, fontWeight: '600' },
        code: inlineCode,
      },
    },
  },
  document.getElementById('reference'),
);
