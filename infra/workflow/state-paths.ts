/** Where an execution keeps what it carries: `{taskId, run, step}`. */
export const taskIdPath = '$.taskId';
export const runPath = '$.run';
/** The last step's `StepDecision`. */
export const stepPath = '$.step';
export const decisionPath = `${stepPath}.decision`;
export const nextLookSecondsPath = `${stepPath}.nextLookSeconds`;

/** Of an execution that delivers a webhook: `{account, deliveryId, run, step}`. */
export const accountPath = '$.account';
export const deliveryIdPath = '$.deliveryId';
export const waitSecondsPath = `${stepPath}.waitSeconds`;
