// The list of alert conditions of profiles, beside the alerts of every cluster.

import type { ConditionRule } from '../model/alerts/rules/condition.ts'
import { restoreConditions } from './manageengine/conditions/restore-conditions.ts'

/** Each condition checks every cluster, because the traces of a profile may outlast its configuration. */
export const PROFILE_CONDITIONS: readonly ConditionRule[] = [restoreConditions]
