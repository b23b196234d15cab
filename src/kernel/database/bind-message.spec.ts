import { bindMessage, DESCRIBE_EXECUTE_AND_SYNC, EXECUTE_AND_SYNC } from './bind-message.js';

/** The messages in a buffer: the letter, and the bytes behind the length. */
function messages(buffer: Buffer): [string, Buffer][] {
  const found: [string, Buffer][] = [];
  for (let at = 0; at < buffer.length;) {
    const length = buffer.readInt32BE(at + 1);
    found.push([String.fromCharCode(buffer[at]!), buffer.subarray(at + 5, at + 1 + length)]);
    at += 1 + length;
  }
  return found;
}

const hex = (...parts: string[]) => parts.join('').replaceAll(' ', '');

describe('bindMessage', () => {
  it('is Bind, Execute and Sync of the portal without a name', () => {
    const [bind, ...others] = messages(bindMessage('ab', [], EXECUTE_AND_SYNC));
    expect(bind).toEqual(['B', Buffer.from(hex('00', '616200', '0000', '0000', '0000'), 'hex')]);
    expect(others).toEqual([
      ['E', Buffer.alloc(5)],
      ['S', Buffer.alloc(0)],
    ]);
  });

  it('asks for the columns where they are not known', () => {
    expect(messages(bindMessage('ab', [], DESCRIBE_EXECUTE_AND_SYNC)).map(([letter]) => letter)).toEqual([
      'B',
      'D',
      'E',
      'S',
    ]);
  });

  it('has each value with its length in bytes, null with none, bytes as such', () => {
    const [[, bind]] = messages(
      bindMessage('', ['ä', null, 7, Buffer.from([0, 255]), undefined], EXECUTE_AND_SYNC),
    ) as [[string, Buffer]];
    const formats = '0005 0000 0000 0000 0001 0000';
    const values = '0005 00000002c3a4 ffffffff 0000000137 0000000200ff ffffffff';
    expect(bind).toEqual(Buffer.from(hex('0000', formats, values, '0000'), 'hex'));
  });

  it('writes lists, objects, times and truth as PostgreSQL reads them', () => {
    const at = new Date('2026-01-31T09:30:00.123Z');
    const text = bindMessage('', [['a"b', null], { a: 1 }, at, true, 12345678901234567890n], EXECUTE_AND_SYNC).toString(
      'latin1',
    );
    for (const part of [String.raw`{"a\"b",NULL}`, '{"a":1}', '.123', 'true', '12345678901234567890']) {
      expect(text).toContain(part);
    }
  });
});
