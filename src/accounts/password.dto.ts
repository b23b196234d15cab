import { IsEmail, IsString, MaxLength, MinLength } from 'class-validator';
import { HasUpperCase, IsOpaqueString } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';

class NewPassword {
  /**
   * By the rules of sign-up: at least 8 characters, one of them an upper-case letter.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @IsOpaqueString()
  @MinLength(8)
  @MaxLength(128)
  @HasUpperCase('Password must contain uppercase letter')
  new_password!: string;
}

export class PasswordChange extends NewPassword {
  /**
   * The password that is good now.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  current_password!: string;
}

export class PasswordForgotten {
  /**
   * The e-mail address of the account.
   * @example "bruno@aerie.example"
   */
  @IsEmail()
  email!: string;
}

export class PasswordReset extends NewPassword {
  /**
   * The token of the newest mail.
   * @example "the token of the newest mail"
   */
  @Secret()
  @IsString()
  @MaxLength(100)
  token!: string;
}
