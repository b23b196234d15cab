import { ApiSchema } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

@ApiSchema({ description: 'A new e-mail address for your account.' })
export class EmailChange {
  /**
   * The new address. It is stored in lower case and Unicode NFC, with the domain in Unicode.
   * @example "grace@example.com"
   */
  @IsEmail()
  email!: string;

  /**
   * Your current password, to prove your identity.
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
   * The token from the most recent mail. It can be used once, within 24 hours.
   * @example "the token of the newest mail"
   */
  @Secret()
  @IsString()
  @MaxLength(100)
  token!: string;
}
