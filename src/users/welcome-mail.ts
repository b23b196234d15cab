import { IsEmail } from 'class-validator';
import { jobKind } from '../jobs/job-kind.js';

class WelcomeMailPayload {
  @IsEmail()
  email!: string;
}

/** Sends the welcome mail to a new account, or to an address that an admin gives. */
export const WelcomeMail = jobKind('welcome-mail', WelcomeMailPayload);
