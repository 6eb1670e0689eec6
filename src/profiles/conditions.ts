// The one list of what profiles warn of, beside what is told of every cluster.

import type { ConditionRule } from '../model/alerts/rules/condition.ts'
import { restoreConditions } from './manageengine/conditions/restore-conditions.ts'

/** Each looks at every cluster: what a profile has left behind is told of whatever its configuration says now. */
export const PROFILE_CONDITIONS: readonly ConditionRule[] = [restoreConditions]
