// Acts that mean the same and are carried out differently by profile: one name, one key, a plan of each profile's own.

import { PROFILE_IDS, type ProfileId } from '../../model/measured/spec.ts'
import { type Action, type ActionField, PlanError } from './action.ts'

/** What one profile makes of an act. */
export type ProfilePlan = Pick<Action, 'fields' | 'whyNot' | 'draft' | 'abortReason'>

export interface ProfilePlans {
  readonly postgres: ProfilePlan
  /** For `password-manager-pro` and `pam360`; null where this version has none. */
  readonly vendor: ProfilePlan | null
}

/** The act; it takes the fields of all profiles, and each profile's plan looks only at its own. */
export function actionByProfile(
  about: Pick<Action, 'name' | 'title' | 'explains' | 'key' | 'danger' | 'target' | 'locks' | 'roles'>,
  profiles: ProfilePlans,
): Action {
  const { postgres, vendor } = profiles
  const chosen = (profile: ProfileId): ProfilePlan | null => (profile === 'postgres' ? postgres : vendor)
  return {
    ...about,
    fields: [...own(postgres, vendor, ['postgres']), ...own(vendor, postgres, VENDORS), ...common(postgres, vendor)],
    whyNot(sight, target) {
      const { profile } = sight.snapshot.spec
      return chosen(profile)?.whyNot(sight, target) ?? (chosen(profile) ? null : lacking(about.name, profile))
    },
    draft(sight, request, tools) {
      const { profile } = sight.config.spec
      const plan = chosen(profile)
      if (!plan) throw new PlanError(`${about.name}: ${lacking(about.name, profile)}`)
      return plan.draft(sight, request, tools)
    },
    abortReason(plan, sight, done) {
      return chosen(sight.config.spec.profile)?.abortReason?.(plan, sight, done) ?? null
    },
  }
}

const VENDORS: readonly ProfileId[] = PROFILE_IDS.filter((id) => id !== 'postgres')

/** The fields that only one of two has. */
function own(
  one: ProfilePlan | null,
  other: ProfilePlan | null,
  profiles: readonly ProfileId[],
): readonly ActionField[] {
  return (one?.fields ?? []).flatMap((field) => (has(other, field) ? [] : [{ ...field, profiles }]))
}

function common(one: ProfilePlan, other: ProfilePlan | null): readonly ActionField[] {
  return one.fields.filter((field) => has(other, field))
}

function has(plan: ProfilePlan | null, { name }: ActionField): boolean {
  return plan?.fields.some((field) => field.name === name) ?? false
}

function lacking(action: string, profile: ProfileId): string {
  return `this version has no ${action} for the profile ${profile}`
}
