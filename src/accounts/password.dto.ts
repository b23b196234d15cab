import { ApiSchema } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength, MinLength } from 'class-validator';
import { HasUpperCase, IsOpaqueString } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';

class NewPassword {
  /**
   * At least 8 characters, including an upper-case letter. The server can require more characters
   * (`PASSWORD_MIN_LENGTH`). With `PASSWORD_BLOCKLIST`, the default in production, it refuses passwords that are common
   * or similar to the e-mail address or name.
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

@ApiSchema({ description: 'Your new password and your current one.' })
export class PasswordChange extends NewPassword {
  /**
   * Your current password.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  current_password!: string;
}

@ApiSchema({ description: 'The account whose password was forgotten.' })
export class PasswordForgotten {
  /**
   * The e-mail address of the account. The response does not say whether such an account exists.
   * @example "bruno@aerie.example"
   */
  @IsEmail()
  email!: string;
}

@ApiSchema({ description: 'A new password and the token from the reset mail.' })
export class PasswordReset extends NewPassword {
  /**
   * The token from the most recent reset mail. It can be used once, within 30 minutes.
   * @example "the token of the newest mail"
   */
  @Secret()
  @IsString()
  @MaxLength(100)
  token!: string;
}
