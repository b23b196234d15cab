import { Body, Controller, Get, Patch } from '@nestjs/common';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { ReadsPrimary } from '../kernel/http/replica-reads.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../kernel/openapi/tags.js';
import { ProfilePatch } from './profile.dto.js';
import { ProfileService } from './profile.service.js';
import { ProfileResponse } from './users.dto.js';
import { userNotFound } from './users.errors.js';

@Tag('profile', 'Your own account.')
@ReadsPrimary()
@Controller('profile')
export class ProfileController {
  constructor(private readonly profiles: ProfileService) {}

  /** Shows your own full profile. */
  @SignedIn()
  @Get()
  @Returns(ProfileResponse, { errors: [userNotFound] })
  getProfile(@CurrentUser() caller: Caller) {
    return this.profiles.get(caller);
  }

  /** Changes your own profile. Absent fields stay, null clears, a value sets. */
  @SignedIn()
  @Patch()
  @Returns(ProfileResponse, { errors: [userNotFound] })
  patchProfile(@CurrentUser() caller: Caller, @Body() patch: ProfilePatch) {
    return this.profiles.patch(caller, patch);
  }
}
