// Actions with the same meaning and a plan of their own in each profile: one name, one key.

import { PLAIN_PROFILE, type ProfileId } from '../../model/measured/spec.ts'
import { type Action, type ActionField, PlanError } from './action.ts'
import { type ProfileActions, type ProfiledActionName, type ProfilePlan, profileActionsFor } from './profile-actions.ts'

type About = Pick<Action, 'title' | 'explains' | 'key' | 'danger' | 'target' | 'locks' | 'roles'> & {
  readonly name: ProfiledActionName
}

/** Returns the action. It accepts the fields of all profiles, and each profile's plan reads only its own. */
export function actionByProfile(about: About, plain: ProfilePlan, profiles: readonly ProfileActions[]): Action {
  const planFor = (profile: ProfileId): ProfilePlan | null =>
    profile === PLAIN_PROFILE ? plain : (profileActionsFor(profiles, profile)?.plans[about.name] ?? null)
  const others = profiles.map((each) => ({ profiles: each.profiles, plan: each.plans[about.name] ?? null }))
  return {
    ...about,
    fields: fieldsOf([{ profiles: [PLAIN_PROFILE], plan: plain }, ...others]),
    whyNot(clusterView, target) {
      const { profile } = clusterView.snapshot.spec
      const plan = planFor(profile)
      return plan ? plan.whyNot(clusterView, target) : lacking(about.name, profile)
    },
    draft(clusterView, request, tools) {
      const { profile } = clusterView.config.spec
      const plan = planFor(profile)
      if (!plan) throw new PlanError(`${about.name}: ${lacking(about.name, profile)}`)
      return plan.draft(clusterView, request, tools)
    },
    abortReason(plan, clusterView, done) {
      return planFor(clusterView.config.spec.profile)?.abortReason?.(plan, clusterView, done) ?? null
    },
  }
}

interface PlanOfProfiles {
  readonly profiles: readonly ProfileId[]
  readonly plan: ProfilePlan | null
}

/** Fields of some profiles come first, each with its profiles; then the fields of all. */
function fieldsOf(plans: readonly PlanOfProfiles[]): readonly ActionField[] {
  const own = new Map<string, ActionField>()
  const common = new Map<string, ActionField>()
  for (const field of plans.flatMap(({ plan }) => plan?.fields ?? [])) {
    const having = plans.filter(({ plan }) => plan?.fields.some(({ name }) => name === field.name))
    if (own.has(field.name) || common.has(field.name)) continue
    if (having.length === plans.length) common.set(field.name, field)
    else own.set(field.name, { ...field, profiles: having.flatMap(({ profiles }) => profiles) })
  }
  return [...own.values(), ...common.values()]
}

function lacking(action: string, profile: ProfileId): string {
  return `this version has no ${action} for the profile ${profile}`
}
