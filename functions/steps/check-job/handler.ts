import { createStepContext } from '../../../shared/steps/step-context.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { checkJob } from './check-job.ts';

const context = createStepContext();

export const handler = stepHandler((input) => checkJob(input, context));
