import { Body, Controller, Get, Patch } from '@nestjs/common';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { ReadsPrimary } from '../replicas/replica-routing.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { ProfilePatch, ProfileResponse } from './profile.dto.js';
import { ProfileService } from './profile.service.js';
import { userNotFound } from './users.errors.js';

@Tag('profile', 'The complete profile of the signed-in user.')
@ReadsPrimary()
@Controller('profile')
export class ProfileController {
  constructor(private readonly profiles: ProfileService) {}

  /** Shows your complete profile. It has the fields of your account, and also your bio, address, tags and metadata. */
  @SignedIn()
  @Get()
  @Returns(ProfileResponse, { errors: [userNotFound] })
  getProfile(@CurrentUser() caller: Caller) {
    return this.profiles.get(caller);
  }

  /**
   * Changes your profile. Absent fields stay as they are. Null clears a field. In a JSON body, `address` and `metadata`
   * are replaced as a whole; in a JSON merge patch (`application/merge-patch+json`), they are merged.
   */
  @SignedIn()
  @Patch()
  @Returns(ProfileResponse, { errors: [userNotFound] })
  patchProfile(@CurrentUser() caller: Caller, @Body() patch: ProfilePatch) {
    return this.profiles.patch(caller, patch);
  }
}
