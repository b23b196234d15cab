import { IsString, MaxLength, MinLength } from 'class-validator';
import { HasUpperCase } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';

export class PasswordChange {
  /**
   * The password that is good now.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  current_password!: string;

  /**
   * By the rules of sign-up.
   * @example "Password2"
   */
  @Secret()
  @IsString()
  @MinLength(8)
  @MaxLength(128)
  @HasUpperCase('Password must contain uppercase letter')
  new_password!: string;
}
