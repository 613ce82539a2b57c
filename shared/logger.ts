import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines. Never give it a prompt, a key, a task token or a signed URL. */
export const logger = new Logger({ serviceName: 'conch' });
