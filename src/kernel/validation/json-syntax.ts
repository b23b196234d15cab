import { codePoints } from './text.js';

// Finds the position of a JSON syntax error, with the messages of Python's parser, as FastAPI reports it.

/** The first syntax error of a JSON text. The position counts code points. */
export interface SyntaxProblem {
  position: number;
  error: string;
}

/** Finds the error in a text that JSON.parse refused, and whose depth is limited. */
export function syntaxProblem(text: string): SyntaxProblem {
  const reader = new Reader(text);
  try {
    reader.document();
  } catch (stop) {
    if (!(stop instanceof SyntaxStop)) throw stop;
    return { position: codePoints(text.slice(0, stop.at)), error: stop.message };
  }
  return { position: 0, error: 'Expecting value' };
}

class SyntaxStop extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const WHITE_SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|null|true|false/y;
/** The characters and escapes of a string. */
const CONTENT = /(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;

/** A parser that only checks the syntax. Throws SyntaxStop at the first error. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.space();
    this.value();
    this.space();
    if (this.at < this.text.length) throw new SyntaxStop(this.at, 'Extra data');
  }

  private value(): void {
    if (this.accept('"')) return this.string();
    if (this.accept('{')) return this.members('}', () => this.member());
    if (this.accept('[')) return this.members(']', () => this.value());
    if (!this.match(SCALAR)) throw new SyntaxStop(this.at, 'Expecting value');
  }

  private members(end: string, member: () => void): void {
    this.space();
    if (this.accept(end)) return;
    for (;;) {
      member();
      this.space();
      if (this.accept(end)) return;
      if (!this.accept(',')) throw new SyntaxStop(this.at, "Expecting ',' delimiter");
      this.space();
    }
  }

  private member(): void {
    if (!this.accept('"')) throw new SyntaxStop(this.at, 'Expecting property name enclosed in double quotes');
    this.string();
    this.space();
    if (!this.accept(':')) throw new SyntaxStop(this.at, "Expecting ':' delimiter");
    this.space();
    this.value();
  }

  private string(): void {
    const quote = this.at - 1;
    this.match(CONTENT);
    if (this.accept('"')) return;
    const rest = this.text.slice(this.at, this.at + 2);
    if (rest === '' || rest === '\\') throw new SyntaxStop(quote, 'Unterminated string starting at');
    if (rest === '\\u') throw new SyntaxStop(this.at + 1, 'Invalid \\uXXXX escape');
    throw new SyntaxStop(this.at, rest.startsWith('\\') ? 'Invalid \\escape' : 'Invalid control character at');
  }

  private space(): void {
    this.match(WHITE_SPACE);
  }

  private accept(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}
