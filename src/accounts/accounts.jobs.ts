import { IsEmail, IsInt, Max, Min } from 'class-validator';
import { jobKind } from '../jobs/job-kind.js';
import { MAX_ID } from '../kernel/database/ids.js';

class AccountPayload {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;
}

class AddressPayload {
  @IsEmail()
  email!: string;
}

class AccountAddressPayload extends AccountPayload {
  @IsEmail()
  email!: string;
}

/** Sends a mail to the owner of an account after its password was changed. */
export const PasswordChangedMail = jobKind('password-changed-mail', AccountPayload);

/** Sends a token for a new password to an address. Sends nothing if the address has no account. */
export const PasswordResetMail = jobKind('password-reset-mail', AddressPayload);

/** Sends a token that confirms the account's address. */
export const VerificationMail = jobKind('verification-mail', AccountPayload);

/** Sends a token to the requested new address of an account. */
export const EmailChangeMail = jobKind('email-change-mail', AccountAddressPayload);

/** Sends a notice to the current address of an account that a new address was requested. */
export const EmailChangeNote = jobKind('email-change-note', AccountAddressPayload);
