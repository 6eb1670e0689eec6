// The user's own actions: a command of the config on one of its hosts, through the same door as everything else.

import type { CustomAction } from '../../config/config.ts'
import { noImpact } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { Action, Draft } from '../definition/action.ts'
import { hostCommandArguments } from './host-command.ts'

/** An action of the config as an act. */
export function customAction({ name, title, host, command, danger, confirm, timeoutMs }: CustomAction): Action {
  return {
    name,
    title,
    explains: 'an action of the config',
    key: null,
    danger,
    target: 'cluster',
    locks: 'cluster',
    fields: [],
    whyNot: () => null,
    draft(_, request, tools): Draft {
      const reach = tools.host(host)
      return {
        target: null,
        title,
        danger,
        confirm,
        impact: noImpact('What it does is known to whoever wrote it; pgdeck watches its exit code.'),
        checks: [],
        input: request.input,
        steps: [
          {
            id: 'command',
            kind: 'host-command',
            args: hostCommandArguments({ host, argv: command, timeoutMs }),
            title,
            how: reach?.accessKind ?? 'manual',
            where: host,
            detail: shellCommandLine(command),
            verify: 'its exit code is 0',
            undo: null,
            ifStopped: 'Whether it had its effect is not known.',
            maySkip: false,
            changes: [],
            deadlineSeconds: reach ? 1 : 600,
          },
        ],
      }
    },
  }
}
