import { CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A mail that the mail server has taken: it is not sent again. To whom it went is nobody's business. */
@Entity('sent_mails')
export class SentMail {
  /** The id of the mail, which its `Message-ID` is made of. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sent_mails_pkey' })
  id!: string;

  @Index('sent_mails_accepted_at_idx')
  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  accepted_at!: Date;
}
