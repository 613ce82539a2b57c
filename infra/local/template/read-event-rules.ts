import * as z from 'zod';
import type { ResolvedTemplate } from './resolved-template.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

interface RuleBase {
  readonly name: string;
  readonly arn: string;
  readonly targets: readonly { readonly id: string; readonly arn: string }[];
}

/** An EventBridge rule: it reacts to events, or it fires by itself. */
export type EventRule =
  | (RuleBase & { readonly kind: 'pattern'; readonly pattern: Readonly<Record<string, unknown>> })
  | (RuleBase & { readonly kind: 'schedule'; readonly schedule: Schedule });

const ruleSchema = z.object({
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.literal('ENABLED').default('ENABLED'),
  // Strict: an input transformer that is not played here would change what the function receives.
  Targets: z.array(
    z.strictObject({
      Id: z.string(),
      Arn: z.string(),
      RetryPolicy: z.unknown().optional(),
      DeadLetterConfig: z.unknown().optional(),
    }),
  ),
});

export function readEventRules(template: ResolvedTemplate): EventRule[] {
  return template.resources('AWS::Events::Rule').map(({ logicalId, ref, arn, properties }) => {
    const rule = ruleSchema.parse(properties);
    const targets = rule.Targets.map(({ Id, Arn }) => ({ id: Id, arn: Arn }));
    if (rule.EventPattern !== undefined)
      return { kind: 'pattern', name: ref, arn, targets, pattern: rule.EventPattern };
    const schedule = parseSchedule(rule.ScheduleExpression ?? '');
    if (schedule === undefined)
      throw new Error(`${logicalId}: the schedule ${rule.ScheduleExpression} is not supported locally`);
    return { kind: 'schedule', name: ref, arn, targets, schedule };
  });
}
