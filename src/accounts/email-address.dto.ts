import { IsEmail, IsString, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

export class EmailChange {
  /**
   * The address that the account is to have; kept and compared in one form: lower case, NFC, the domain in
   * Unicode.
   * @example "grace@example.com"
   */
  @IsEmail()
  email!: string;

  /**
   * Your password.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  current_password!: string;
}

export class EmailToken {
  /**
   * The token of the newest mail.
   * @example "the token of the newest mail"
   */
  @Secret()
  @IsString()
  @MaxLength(100)
  token!: string;
}
