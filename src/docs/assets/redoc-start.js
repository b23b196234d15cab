const text = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
const code = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

// ReDoc's own theme names fonts that it expects from a font service; these are on the reader's machine.
globalThis.Redoc.init(
  new URL('openapi.json', location.href).pathname,
  {
    nativeScrollbars: true,
    hideDownloadButton: false,
    expandResponses: '200,201',
    requiredPropsFirst: true,
    schemaExpansionLevel: 1,
    theme: {
      colors: { primary: { main: '#1f6f8b' } },
      typography: {
        fontFamily: text,
        fontSize: '15px',
        headings: { fontFamily: text, fontWeight: '600' },
        code: { fontFamily: code, fontSize: '13px' },
      },
      sidebar: { backgroundColor: '#f7f6f2' },
      rightPanel: { backgroundColor: '#1c2b33' },
    },
  },
  document.getElementById('reference'),
);
