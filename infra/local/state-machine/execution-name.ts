import { secondsBetween } from '../../../shared/clock.ts';
import { AwsServiceError } from '../aws-service-error.ts';
import type { Execution } from './execution.ts';

const usedUpSeconds = 90 * 24 * 3600;

export function toExecutionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** A name is used up until 90 days after its execution closed. */
export function isNameFree({ closed }: Execution, now: Date): boolean {
  return closed !== undefined && secondsBetween(closed.at, now) >= usedUpSeconds;
}

/** Refuses what AWS refuses as a name: 1 to 80 characters, no blanks, brackets, wildcards or controls. */
export function requireValidName(name: string): void {
  if (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) return;
  throw new AwsServiceError('InvalidName', `Invalid Name: '${name}'`);
}
