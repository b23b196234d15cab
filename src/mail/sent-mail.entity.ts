import { Entity, Index, PrimaryColumn } from 'typeorm';
import { CreatedAt } from '../kernel/database/columns.js';

/** A mail that the mail server has taken: it is not sent again. To whom it went is nobody's business. */
@Entity('sent_mails')
export class SentMail {
  /** The id of the mail, which its `Message-ID` is made of. */
  @PrimaryColumn('uuid')
  id!: string;

  @Index('sent_mails_accepted_at_idx')
  @CreatedAt()
  accepted_at!: Date;
}
