import { ApiSchema } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

// Request and response models of /auth/totp.

@ApiSchema({ description: 'Your password, as proof that it is you.' })
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

@ApiSchema({ description: 'Your password and a code, as proof that it is you.' })
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

@ApiSchema({ description: 'Whether the account has a second factor.' })
export class TotpState {
  /**
   * True if signing in asks for a code.
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
   * The secret in base32, to be typed into an authenticator app. It is shown only once.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  secret!: string;

  /**
   * The same secret as an `otpauth:` address, to be shown as a QR code.
   * @example "otpauth://totp/Aerie:ann%40aerie.example?issuer=Aerie&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  uri!: string;
}

/**
 * The class must not have the name of its property, since generated clients name a module and a variable after them.
 */
@ApiSchema({ description: 'Recovery codes, which replace the authenticator app if it is lost.' })
export class RecoveryCodeSet {
  /**
   * Each code signs in once. They are shown only once.
   * @example ["mzxw6y-tboi4d-omjsgm-3tqobz"]
   */
  recovery_codes!: string[];
}
