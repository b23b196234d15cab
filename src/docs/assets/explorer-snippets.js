/** The sent request as code to copy, in languages that Swagger UI has no snippets for. */
export const snippetsPlugin = {
  fn: {
    requestSnippetGenerator_fetch: fetchSnippet,
    requestSnippetGenerator_python: pythonSnippet,
    requestSnippetGenerator_httpie: httpieSnippet,
  },
};

export const SNIPPETS = {
  generators: {
    curl_bash: { title: 'curl', syntax: 'bash' },
    fetch: { title: 'JavaScript', syntax: 'javascript' },
    python: { title: 'Python', syntax: 'python' },
    httpie: { title: 'HTTPie', syntax: 'bash' },
  },
  languages: ['curl_bash', 'fetch', 'python', 'httpie'],
  defaultExpanded: true,
};

/** The request as Swagger UI has sent it. The content of a file is not included. */
function sent(request) {
  const body = request.get('body');
  const headers = Object.entries(request.get('headers')?.toJS?.() ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    method: request.get('method'),
    url: request.get('url'),
    headers,
    body: typeof body === 'string' && body !== '' ? body : undefined,
    isFile: body !== undefined && body !== null && typeof body !== 'string',
  };
}

// a JSON string is also valid in JavaScript and Python
const quoted = (text) => JSON.stringify(text);
const inShell = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function fetchSnippet(request) {
  const { method, url, headers, body, isFile } = sent(request);
  const lines = [
    `const response = await fetch(${quoted(url)}, {`,
    `  method: ${quoted(method)},`,
    '  headers: {',
    ...headers.map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`),
    '  },',
    ...(body === undefined ? [] : [`  body: ${quoted(body)},`]),
    ...(isFile ? ['  body: file, // the content of the file'] : []),
    '});',
    'console.log(response.status, await response.text());',
  ];
  return lines.join('\n');
}

export function pythonSnippet(request) {
  const { method, url, headers, body, isFile } = sent(request);
  const lines = [
    'import requests',
    '',
    'response = requests.request(',
    `    ${quoted(method)},`,
    `    ${quoted(url)},`,
    '    headers={',
    ...headers.map(([name, value]) => `        ${quoted(name)}: ${quoted(value)},`),
    '    },',
    ...(body === undefined ? [] : [`    data=${quoted(body)}.encode(),`]),
    ...(isFile ? ['    data=open("FILE", "rb"),'] : []),
    ')',
    'print(response.status_code, response.text)',
  ];
  return lines.join('\n');
}

export function httpieSnippet(request) {
  const { method, url, headers, body, isFile } = sent(request);
  const parts = [
    `http ${method} ${inShell(url)}`,
    ...headers.map(([name, value]) => inShell(`${name}:${value}`)),
    ...(body === undefined ? [] : [`--raw ${inShell(body)}`]),
    ...(isFile ? ['< FILE'] : []),
  ];
  return parts.join(' \\\n  ');
}
