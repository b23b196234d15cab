import { applyDecorators, Body, Controller, Get, Header, HttpCode, Post, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Limited, Public } from '../kernel/access/access.js';
import { validate } from '../kernel/validation/validate.js';
import { donePage, formPage, PAGE_POLICY, RESET_PASSWORD, VERIFY_EMAIL } from './account-page.js';
import { AccountPagesFilter } from './account-pages.filter.js';
import { EmailToken } from './email-address.dto.js';
import { EmailAddressService } from './email-address.service.js';
import { PasswordReset } from './password.dto.js';
import { PasswordResetService } from './password-reset.service.js';

/** The answer is a page, which no cache keeps. */
const Page = () =>
  applyDecorators(
    Header('Content-Type', 'text/html; charset=utf-8'),
    Header('Content-Security-Policy', PAGE_POLICY),
    Header('Cache-Control', 'no-store'),
  );

/** The pages that links in mails lead to where no front end has them. They are for people, so they are no part of the document. */
@Public()
@ApiExcludeController()
@UseFilters(AccountPagesFilter)
@Controller()
export class AccountPagesController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly addresses: EmailAddressService,
  ) {}

  @Get('reset-password')
  @Page()
  resetForm() {
    return formPage(RESET_PASSWORD);
  }

  @Limited()
  @Post('reset-password')
  @HttpCode(200)
  @Page()
  async reset(@Body() body: unknown) {
    await this.resets.reset(validate(PasswordReset, body ?? {}));
    return donePage(RESET_PASSWORD);
  }

  @Get('verify-email')
  @Page()
  verifyForm() {
    return formPage(VERIFY_EMAIL);
  }

  @Limited()
  @Post('verify-email')
  @HttpCode(200)
  @Page()
  async verify(@Body() body: unknown) {
    await this.addresses.verify(validate(EmailToken, body ?? {}));
    return donePage(VERIFY_EMAIL);
  }
}
