import { ApiSchema } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

// Request and response models of /auth/totp.

@ApiSchema({ description: 'Your password, to prove your identity.' })
export class PasswordAgain {
  /**
   * Your current password.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  password!: string;
}

@ApiSchema({ description: 'Your password and a code, to prove your identity.' })
export class TotpProof extends PasswordAgain {
  /**
   * A code from your authenticator app, or a recovery code.
   * @example "123456"
   */
  @Secret({ ambiguous: true })
  @IsString()
  @MaxLength(100)
  code!: string;
}

@ApiSchema({ description: 'The first code from your authenticator app.' })
export class TotpConfirmation {
  /**
   * The code that your authenticator app shows now.
   * @example "123456"
   */
  @Secret({ ambiguous: true })
  @IsString()
  @MaxLength(100)
  code!: string;
}

@ApiSchema({ description: 'The state of the second factor.' })
export class TotpState {
  /**
   * True if sign-in requires a code.
   * @example true
   */
  active!: boolean;

  /**
   * Number of recovery codes that have not been used. Zero without a second factor.
   * @example 10
   */
  recovery_codes_left!: number;
}

@ApiSchema({ description: 'The secret for an authenticator app.' })
export class TotpSecret {
  /**
   * The secret in base32, to type into an authenticator app. It is shown only once.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  secret!: string;

  /**
   * The same secret as an `otpauth:` URI, to show as a QR code.
   * @example "otpauth://totp/Aerie:ann%40aerie.example?issuer=Aerie&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  uri!: string;
}

/**
 * The class must not have the name of its property, since generated clients name a module and a variable after them.
 */
@ApiSchema({ description: 'Recovery codes, to sign in without the authenticator app.' })
export class RecoveryCodeSet {
  /**
   * Each code can be used once, instead of a code from the authenticator app. The codes are shown only once.
   * @example ["mzxw6y-tboi4d-omjsgm-3tqobz"]
   */
  recovery_codes!: string[];
}
