// Observes every answer of an HTTP server as it is sent, to any client.

/** Calls `onAnswer` with each answer, before any client in this process can have read its end. */
export function watchAnswers(server, onAnswer) {
  server.prependListener('request', (request, response) => watchResponse(request, response, onAnswer));
  server.prependListener('clientError', (_error, socket) => watchParserError(socket, onAnswer));
}

function watchResponse({ method, url, httpVersion, headers: requestHeaders }, response, onAnswer) {
  const chunks = [];
  let done = false;
  const tell = (complete) => {
    if (done || !response.headersSent) return;
    done = true;
    const { status, headers } = parseHead(response._header); // only here are Date and Connection visible
    onAnswer({ method, url, httpVersion, requestHeaders, status, headers, body: Buffer.concat(chunks), complete });
  };
  const keep = (chunk, encoding) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8'));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const { write, end } = response;
  let ending = false; // Node's end() calls write() for its last chunk
  response.write = function (chunk, encoding, callback) {
    if (!ending) keep(chunk, encoding);
    return write.call(this, chunk, encoding, callback);
  };
  response.end = function (chunk, encoding, callback) {
    const before = chunks.length;
    keep(chunk, encoding);
    ending = true;
    try {
      const result = end.call(this, chunk, encoding, callback);
      tell(true);
      return result;
    } catch (error) {
      chunks.length = before; // nothing was sent
      ending = false;
      throw error;
    }
  };
  response.once('close', () => tell(false));
}

/** Observes the answers of the HTTP parser, which are written to the socket as text: there is no request object. */
function watchParserError(socket, onAnswer) {
  const { end } = socket;
  socket.end = function (text, ...rest) {
    if (typeof text === 'string' && text.startsWith('HTTP/1.1 ')) {
      const at = text.indexOf('\r\n\r\n');
      onAnswer({
        ...parseHead(text.slice(0, at + 2)),
        body: Buffer.from(text.slice(at + 4)),
        unparsed: true,
        complete: true,
      });
    }
    return end.call(this, text, ...rest);
  };
}

function parseHead(head) {
  const [statusLine, ...lines] = head.trimEnd().split('\r\n');
  const headers = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { status: Number(statusLine.split(' ')[1]), headers };
}
