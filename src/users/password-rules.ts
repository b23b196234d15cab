import type { Config } from '../config/config.js';
import { UserRole } from '../kernel/access/access.js';
import { ValidationFailed, valueError, type FieldError, type Loc } from '../kernel/errors/validation-failed.js';
import { MASK } from '../kernel/validation/secret.js';
import { codePoints } from '../kernel/validation/text.js';
import { isCommon } from './common-passwords.js';
import type { User } from './user.entity.js';

/** The account that the password is for. */
export type PasswordOwner = Pick<User, 'email' | 'name'> & Partial<Pick<User, 'role'>>;

/**
 * The number of characters to compare. No valid e-mail address or name is longer, but the input may not have been
 * validated.
 */
const MAX_COMPARED = 256;
/** Shorter words occur in many passwords by chance. */
const MIN_WORD = 4;
/** The minimum number of characters besides the words from the address and name. */
const MIN_REST = 8;

/** The rules for new passwords that depend on the configuration or the owner. The DTOs check the other rules. */
export class PasswordRules {
  constructor(private readonly config: Config) {}

  /**
   * Checks a new password. Throws ValidationFailed at `loc`: `string_too_short` (PASSWORD_MIN_LENGTH), or `value_error`
   * for a common password or one made of the owner's address or name (PASSWORD_BLOCKLIST; for admins in production
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

/** Whether too few characters are left without the words of the address and the name. */
function isMadeOf(password: string, { email, name }: PasswordOwner): boolean {
  const whole = letters(password);
  const rest = wordsOf(`${email} ${name}`).reduce((left, word) => left.replaceAll(word, ''), whole);
  return rest.length < whole.length && rest.length < MIN_REST;
}

/**
 * Returns the words of a text, longest first: `annlee` before `ann`. Includes the product's name, which attackers know.
 */
function wordsOf(text: string): string[] {
  const parts = text.slice(0, 2 * MAX_COMPARED).split(/[\s@]+/);
  const words = [...parts, ...parts.flatMap((part) => part.split(/[^\p{L}\p{N}]+/u)), 'aerie'].map(letters);
  return [...new Set(words)].filter(({ length }) => length >= MIN_WORD).toSorted((a, b) => b.length - a.length);
}

/** Returns the letters and digits of a text, in NFKC and lower case. */
function letters(text: string): string {
  return text
    .slice(0, MAX_COMPARED)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
