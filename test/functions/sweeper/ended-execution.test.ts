import { describe, expect, it } from 'vitest';
import { getEndedExecution } from '../../../functions/sweeper/ended-execution.ts';

describe('getEndedExecution', () => {
  it('reads the task and the run from the report of an execution', () => {
    const input = JSON.stringify({ taskId: '0de0b6b3a7640000', run: 2 });
    const event = {
      'detail-type': 'Step Functions Execution Status Change',
      detail: { status: 'FAILED', input },
    };

    expect(getEndedExecution(event)).toEqual({ taskId: '0de0b6b3a7640000', run: 2 });
  });

  it('is absent for the event of the schedule', () => {
    expect(getEndedExecution({ 'detail-type': 'Scheduled Event', detail: {} })).toBeUndefined();
  });
});
