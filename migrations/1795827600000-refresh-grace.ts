import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stores several rotations of a refresh token within its grace period: each of the tokens leads to the newest one. */
export class RefreshGrace1795827600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table sessions add column older_rotations json not null default '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sessions drop column older_rotations');
  }
}
