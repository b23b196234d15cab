import { IsString, MaxLength } from 'class-validator';
import { toJobData, jobKind } from './job-kind.js';

class Letter {
  @IsString()
  @MaxLength(100_000)
  text!: string;
}

const letter = (length: number) => Object.assign(new Letter(), { text: 'ä'.repeat(length / 2) });

describe('toJobData', () => {
  it('is the payload, and its version from the second on', () => {
    expect(toJobData(jobKind('letter', Letter), letter(2))).toEqual({ text: 'ä' });
    expect(toJobData(jobKind('letter', Letter, { version: 2 }), letter(2))).toEqual({ text: 'ä', version: 2 });
  });

  it('refuses what is not of its class', () => {
    const bad = Object.assign(new Letter(), { text: 1 });
    expect(() => toJobData(jobKind('letter', Letter), bad)).toThrow('text: Input should be a valid string');
  });

  it('takes 64,000 bytes, and no more', () => {
    const around = '{"text":""}'.length;
    const kind = jobKind('letter', Letter);
    expect(toJobData(kind, letter(64_000 - around - 1))).toBeDefined();
    expect(() => toJobData(kind, letter(64_000 - around + 1))).toThrow(
      'The payload of a job letter is too large (64001 bytes)',
    );
  });
});
