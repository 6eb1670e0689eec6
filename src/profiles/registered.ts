// The list of profiles with plans, actions and steps of their own. Everything else works as for plain PostgreSQL.

import type { ProfileActions } from '../actions/definition/profile-actions.ts'
import { manageEngine } from './manageengine/actions/profile.ts'

export const PROFILE_ACTIONS: readonly ProfileActions[] = [manageEngine]
