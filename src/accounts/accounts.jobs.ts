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

/** Tells the owner of an account that its password is another now. */
export const PasswordChangedMail = jobKind('password-changed-mail', AccountPayload);

/** Mails a token for a new password to an address that somebody says is his; to one without an account nothing. */
export const PasswordResetMail = jobKind('password-reset-mail', AddressPayload);

/** Mails a token that confirms the account's address. */
export const VerificationMail = jobKind('verification-mail', AccountPayload);

/** Mails a token to the address that an account is to have. */
export const EmailChangeMail = jobKind('email-change-mail', AccountAddressPayload);

/** Tells the address that an account has until now that it is to have another one. */
export const EmailChangeNote = jobKind('email-change-note', AccountAddressPayload);
