import { Entity, Index, PrimaryColumn } from 'typeorm';
import { CreatedAt } from '../kernel/database/columns.js';

/** A mail that the mail server has accepted. It is not sent again. For privacy, the recipient is not stored. */
@Entity('sent_mails')
export class SentMail {
  /** The id of the mail, which is part of its `Message-ID`. */
  @PrimaryColumn('uuid')
  id!: string;

  @Index('sent_mails_accepted_at_idx')
  @CreatedAt()
  accepted_at!: Date;
}
