import utils from 'pg/lib/utils.js';

/** A parameter as PostgreSQL gets it: text, bytes, or null. */
type Parameter = string | Buffer | null;

/** What is to happen with the portal without a name: https://www.postgresql.org/docs/current/protocol-message-formats.html. */
const DESCRIBE = Buffer.from('D\0\0\0\x06P\0', 'latin1');
/** All of its rows. */
export const EXECUTE: Buffer = Buffer.from('E\0\0\0\x09\0\0\0\0\0', 'latin1');
/** And the end of what PostgreSQL does at once, or not at all. */
export const EXECUTE_AND_SYNC: Buffer = Buffer.concat([EXECUTE, Buffer.from('S\0\0\0\x04', 'latin1')]);
/** As long as the columns are not known. */
export const DESCRIBE_EXECUTE_AND_SYNC: Buffer = Buffer.concat([DESCRIBE, EXECUTE_AND_SYNC]);

const TEXT = 0;
const BINARY = 1;
const NULL_LENGTH = -1;

/**
 * The messages that run a prepared statement, Bind and one of the above, in one buffer, where pg makes four that leave by a
 * dearer system call. All results come as text.
 */
export function bindMessage(name: string, values: readonly unknown[], end: Buffer): Buffer {
  const parameters = values.map(parameterOf);
  const sizes = parameters.map(sizeOf);
  const bind = sizes.reduce((sum, size) => sum + 6 + size, 4 + 1 + name.length + 1 + 2 + 2 + 2);
  const buffer = Buffer.allocUnsafe(1 + bind + end.length);
  buffer[0] = 0x42; // 'B'
  let at = buffer.writeInt32BE(bind, 1);
  buffer[at++] = 0;
  at += buffer.write(name, at, 'latin1');
  buffer[at++] = 0;
  at = buffer.writeInt16BE(parameters.length, at);
  for (const parameter of parameters) at = buffer.writeInt16BE(parameter instanceof Buffer ? BINARY : TEXT, at);
  at = buffer.writeInt16BE(parameters.length, at);
  for (const [i, parameter] of parameters.entries()) {
    at = buffer.writeInt32BE(parameter === null ? NULL_LENGTH : sizes[i]!, at);
    if (typeof parameter === 'string') at += buffer.write(parameter, at, 'utf8');
    else if (parameter !== null) at += parameter.copy(buffer, at);
  }
  at = buffer.writeInt16BE(0, at); // no formats of results: text
  end.copy(buffer, at);
  return buffer;
}

function parameterOf(value: unknown): Parameter {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return utils.prepareValue(value);
}

const sizeOf = (parameter: Parameter) => (parameter === null ? 0 : Buffer.byteLength(parameter));
