import { ApiSchema } from '@nestjs/swagger';
import { IsEmail } from 'class-validator';

export class EmailQuery {
  /**
   * The address that the welcome mail is sent to.
   * @example "ann@aerie.example"
   */
  @IsEmail()
  email!: string;
}

@ApiSchema({ description: 'A message about the requested mail.' })
export class Notice {
  /**
   * A sentence for people that says what happens with the mail.
   * @example "Email queued"
   */
  message!: string;
}
