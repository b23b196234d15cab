import { applyDecorators, Body, Controller, Get, Header, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RateLimited, Public } from '../kernel/access/access.js';
import { Config } from '../config/config.js';
import { validate } from '../kernel/validation/validate.js';
import { donePage, formPage, PAGE_POLICY, RESET_PASSWORD, VERIFY_EMAIL } from './account-page.js';
import { AccountPagesFilter } from './account-pages.filter.js';
import { EmailToken } from './email-address.dto.js';
import { EmailAddressService } from './email-address.service.js';
import { PasswordReset } from './password.dto.js';
import { PasswordResetService } from './password-reset.service.js';

/** The response is an HTML page that must not be cached. */
const Page = () =>
  applyDecorators(
    Header('Content-Type', 'text/html; charset=utf-8'),
    Header('Content-Security-Policy', PAGE_POLICY),
    Header('Cache-Control', 'no-store'),
  );

/**
 * The pages for the links in mails, if there is no front end (`APP_URL`). They are for browsers, so the OpenAPI
 * document does not contain them.
 */
@Public()
@ApiExcludeController()
@UseFilters(AccountPagesFilter)
@Controller()
export class AccountPagesController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly addresses: EmailAddressService,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get('reset-password')
  @Page()
  resetForm() {
    return formPage(RESET_PASSWORD, this.config.values.PASSWORD_MIN_LENGTH);
  }

  @RateLimited()
  @Post('reset-password')
  @HttpCode(200)
  @Page()
  async reset(@Body() body: unknown) {
    await this.resets.reset(validate(PasswordReset, fieldsOf(body)));
    return donePage(RESET_PASSWORD);
  }

  @Get('verify-email')
  @Page()
  verifyForm() {
    return formPage(VERIFY_EMAIL, this.config.values.PASSWORD_MIN_LENGTH);
  }

  @RateLimited()
  @Post('verify-email')
  @HttpCode(200)
  @Page()
  async verify(@Body() body: unknown) {
    await this.addresses.verify(validate(EmailToken, fieldsOf(body)));
    return donePage(VERIFY_EMAIL);
  }
}

/** Returns the fields of a form, with the code without spaces around it: people copy those that indent it in the mail. */
function fieldsOf(body: unknown): object {
  const fields: { token?: unknown } = { ...(body as object | undefined) };
  return typeof fields.token === 'string' ? { ...fields, token: fields.token.trim() } : fields;
}
