import { IsEmail } from 'class-validator';
import { jobKind } from '../jobs/job-kind.js';

class WelcomeMailPayload {
  @IsEmail()
  email!: string;
}

/** Greets a new account, or an address that an admin names. */
export const WelcomeMail = jobKind('welcome-mail', WelcomeMailPayload);
