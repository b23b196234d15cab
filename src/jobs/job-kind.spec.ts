import { IsString, MaxLength } from 'class-validator';
import { toJobData, jobKind } from './job-kind.js';

class Letter {
  @IsString()
  @MaxLength(100_000)
  text!: string;
}

const letter = (length: number) => Object.assign(new Letter(), { text: 'ä'.repeat(length / 2) });

describe('toJobData', () => {
  it('returns the payload, with its version from version 2 on', () => {
    expect(toJobData(jobKind('letter', Letter), letter(2))).toEqual({ text: 'ä' });
    expect(toJobData(jobKind('letter', Letter, { version: 2 }), letter(2))).toEqual({ text: 'ä', version: 2 });
  });

  it('refuses a payload that is invalid for its class', () => {
    const bad = Object.assign(new Letter(), { text: 1 });
    expect(() => toJobData(jobKind('letter', Letter), bad)).toThrow('text: Input should be a valid string');
  });

  it('accepts at most 64,000 bytes', () => {
    const around = '{"text":""}'.length;
    const kind = jobKind('letter', Letter);
    expect(toJobData(kind, letter(64_000 - around - 1))).toBeDefined();
    expect(() => toJobData(kind, letter(64_000 - around + 1))).toThrow(
      'The payload of a job letter is too large (64001 bytes)',
    );
  });
});
