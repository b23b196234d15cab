import { ApiSchema } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength, MinLength } from 'class-validator';
import { HasUpperCase, IsOpaqueString } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';

class NewPassword {
  /**
   * At least 8 characters, or more where the server sets `PASSWORD_MIN_LENGTH`; one of them is an upper-case letter.
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

@ApiSchema({ description: 'A new password, with the current one as proof.' })
export class PasswordChange extends NewPassword {
  /**
   * The password that you sign in with now.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  current_password!: string;
}

@ApiSchema({ description: 'The account that needs a new password.' })
export class PasswordForgotten {
  /**
   * The e-mail address of the account. The response does not say whether such an account exists.
   * @example "bruno@aerie.example"
   */
  @IsEmail()
  email!: string;
}

@ApiSchema({ description: 'A new password, with the token from the reset mail.' })
export class PasswordReset extends NewPassword {
  /**
   * The token from the most recent reset mail. It works once, for 30 minutes.
   * @example "the token of the newest mail"
   */
  @Secret()
  @IsString()
  @MaxLength(100)
  token!: string;
}
