import type { FollowUp } from '../domain/task.ts';
import type { ItemCondition } from './update-expression.ts';

/** Holds while this is left to do. */
export function isLeft(followUp: FollowUp): ItemCondition {
  return { text: 'contains({followUps}, :left)', values: { ':left': followUp } };
}

/** Holds while exactly this is left to do, each of it once. */
export function areLeft(followUps: readonly FollowUp[]): ItemCondition {
  const parts = followUps.map((_, index) => `contains({followUps}, :left${index})`);
  const values = Object.fromEntries(followUps.map((followUp, index) => [`:left${index}`, followUp]));
  return {
    text: ['size({followUps}) = :count', ...parts].join(' AND '),
    values: { ...values, ':count': followUps.length },
  };
}
