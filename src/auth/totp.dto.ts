import { IsString, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

export class PasswordAgain {
  /**
   * Your password.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  password!: string;
}

export class TotpProof extends PasswordAgain {
  /**
   * A code of your authenticator app, or a recovery code.
   * @example "123456"
   */
  @Secret({ ambiguous: true })
  @IsString()
  @MaxLength(100)
  code!: string;
}

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

export class TotpState {
  /**
   * Whether signing in asks for a code.
   * @example true
   */
  active!: boolean;

  /**
   * How many recovery codes are not used yet.
   * @example 10
   */
  recovery_codes_left!: number;
}

export class TotpSecret {
  /**
   * For typing into an authenticator app, in base32. It is not shown again.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  secret!: string;

  /**
   * The same for a QR code.
   * @example "otpauth://totp/Aerie:ann%40aerie.example?issuer=Aerie&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  uri!: string;
}

/** Not named as its property: generated clients name a variable and a module after each. */
export class RecoveryCodeSet {
  /**
   * Each signs in once, in place of a code. They are not shown again.
   * @example ["mzxw6y-tboi4d-omjsgm-3tqobz"]
   */
  recovery_codes!: string[];
}
