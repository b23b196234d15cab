import { ApiSchema } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

@ApiSchema({ description: 'A new e-mail address for your account.' })
export class EmailChange {
  /**
   * The new address. It is stored in one form: lower case, Unicode NFC, the domain in Unicode.
   * @example "grace@example.com"
   */
  @IsEmail()
  email!: string;

  /**
   * Your current password, as proof that it is you.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  current_password!: string;
}

@ApiSchema({ description: 'The token that confirms an e-mail address.' })
export class EmailToken {
  /**
   * The token from the most recent mail. It works once, for 24 hours.
   * @example "the token of the newest mail"
   */
  @Secret()
  @IsString()
  @MaxLength(100)
  token!: string;
}
