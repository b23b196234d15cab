import type { Config } from '../kernel/config/config.js';
import { UserRole } from '../kernel/access/access.js';
import { ValidationFailed, valueError, type FieldError, type Loc } from '../kernel/errors/validation-failed.js';
import { MASK } from '../kernel/validation/secret.js';
import { codePoints } from '../kernel/validation/text.js';
import { isCommon } from './common-passwords.js';
import type { User } from './user.entity.js';

/** Whose password it is to be. */
export type PasswordOwner = Pick<User, 'email' | 'name'> & Partial<Pick<User, 'role'>>;

/** Enough to begin with: nobody's e-mail address or name is longer, but it may come from anywhere. */
const MAX_COMPARED = 256;
/** Shorter words are in every other password by chance. */
const MIN_WORD = 4;
/** What a password has to have beside the words that everybody knows of its owner. */
const MIN_REST = 8;

/** What a new password must be beside what its DTO says: the rules that are configured, or that ask who wants it. */
export class PasswordRules {
  constructor(private readonly config: Config) {}

  /**
   * Throws ValidationFailed with what is wrong with it, at `loc`: `string_too_short` (PASSWORD_MIN_LENGTH), `value_error`
   * for one that many use or that is made of its owner's address or name (PASSWORD_BLOCKLIST; an admin's in production
   * always).
   */
  async check(password: string, owner: PasswordOwner, loc: Loc = ['body', 'password']): Promise<void> {
    const error = this.tooShort(password, loc) ?? (await this.tooKnown(password, owner, loc));
    if (error) throw new ValidationFailed([error]);
  }

  private tooShort(password: string, loc: Loc): FieldError | undefined {
    const { PASSWORD_MIN_LENGTH: min_length } = this.config.values;
    if (codePoints(password) >= min_length) return undefined;
    const msg = `String should have at least ${min_length} characters`;
    return { type: 'string_too_short', loc, msg, input: MASK, ctx: { min_length } };
  }

  private async tooKnown(password: string, owner: PasswordOwner, loc: Loc): Promise<FieldError | undefined> {
    const { production, passwordBlocklist } = this.config;
    if (!passwordBlocklist && !(production && owner.role === UserRole.admin)) return undefined;
    if (isMadeOf(password, owner))
      return valueError(loc, 'Password is too similar to the e-mail address or name', MASK);
    return (await isCommon(password)) ? valueError(loc, 'Password is too common', MASK) : undefined;
  }
}

/** Whether too little is left of it without the words of the address and the name. */
function isMadeOf(password: string, { email, name }: PasswordOwner): boolean {
  const whole = letters(password);
  const rest = wordsOf(`${email} ${name}`).reduce((left, word) => left.replaceAll(word, ''), whole);
  return rest.length < whole.length && rest.length < MIN_REST;
}

/** The longest first: `annlee` before `ann`. The product's own name is known to everybody, too. */
function wordsOf(text: string): string[] {
  const parts = text.slice(0, 2 * MAX_COMPARED).split(/[\s@]+/);
  const words = [...parts, ...parts.flatMap((part) => part.split(/[^\p{L}\p{N}]+/u)), 'aerie'].map(letters);
  return [...new Set(words)].filter(({ length }) => length >= MIN_WORD).toSorted((a, b) => b.length - a.length);
}

/** Letters and digits in one case, however they are composed. */
function letters(text: string): string {
  return text
    .slice(0, MAX_COMPARED)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
