import { syntaxProblem } from './json-syntax.js';

describe('syntaxProblem', () => {
  it.each<[string, number, string]>([
    ['hello', 0, 'Expecting value'],
    ['{"email": ', 10, 'Expecting value'],
    ['[1,]', 3, 'Expecting value'],
    ['+1', 0, 'Expecting value'],
    ['-', 0, 'Expecting value'],
    ['nul', 0, 'Expecting value'],
    ['NaN', 0, 'Expecting value'],
    ['{"a": -Infinity}', 6, 'Expecting value'],
    ['{"a": .5}', 6, 'Expecting value'],
    ['   ', 3, 'Expecting value'],
    ['[', 1, 'Expecting value'],
    ["{'a': 1}", 1, 'Expecting property name enclosed in double quotes'],
    ['{a: 1}', 1, 'Expecting property name enclosed in double quotes'],
    ['{"a": 1,}', 8, 'Expecting property name enclosed in double quotes'],
    ['{', 1, 'Expecting property name enclosed in double quotes'],
    ['{"a" 1}', 5, "Expecting ':' delimiter"],
    ['{"a"', 4, "Expecting ':' delimiter"],
    ['{"a": 1 "b": 2}', 8, "Expecting ',' delimiter"],
    ['[1, 2', 5, "Expecting ',' delimiter"],
    ['{"a": 01}', 7, "Expecting ',' delimiter"],
    ['{"a": 1.}', 7, "Expecting ',' delimiter"],
    ['{"a": 1e}', 7, "Expecting ',' delimiter"],
    ['[1}', 2, "Expecting ',' delimiter"],
    ['{} {}', 3, 'Extra data'],
    ['{"a": 1} x', 9, 'Extra data'],
    ['null,', 4, 'Extra data'],
    ['{"a": "b', 6, 'Unterminated string starting at'],
    ['{"a": "b\\', 6, 'Unterminated string starting at'],
    ['"', 0, 'Unterminated string starting at'],
    ['{"a": "\n"}', 7, 'Invalid control character at'],
    ['"\t"', 1, 'Invalid control character at'],
    ['"\\x"', 1, 'Invalid \\escape'],
    ['{"a": "\\u12"}', 8, 'Invalid \\uXXXX escape'],
    ['"\\u12', 2, 'Invalid \\uXXXX escape'],
  ])('reports the error in %j at position %d: %s', (text, position, error) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(syntaxProblem(text)).toEqual({ position, error });
  });

  it('counts positions in code points', () => {
    expect(syntaxProblem('{"é": "☃😀", x}')).toMatchObject({ position: 12 });
    expect(syntaxProblem('{"email": "a@b.com",\n "name": "Ann",\n oops}')).toMatchObject({ position: 38 });
  });

  it.each(['{"a": [1, -0.5e+3, true, false, null, "\\u00e9\\n\\"", {}, []], "b": {"c": "d"}}  ', '\r\n\t 0'])(
    'skips valid JSON and reports the text after it',
    (text) => {
      expect(() => JSON.parse(text) as unknown).not.toThrow();
      expect(syntaxProblem(`${text}!`)).toEqual({ position: text.length, error: 'Extra data' });
    },
  );
});
