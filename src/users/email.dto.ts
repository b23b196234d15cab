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

@ApiSchema({ description: 'A message that says what happens next.' })
export class Notice {
  /**
   * The message, as a sentence.
   * @example "Email queued"
   */
  message!: string;
}
