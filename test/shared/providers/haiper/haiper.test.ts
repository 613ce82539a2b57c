import { haiper } from '../../../../shared/providers/haiper/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { describeProvider } from '../describe-provider.ts';

const task = (fields: object) => JSON.stringify({ mediaUrl: '', expireTime: 0, progress: 0, ...fields });

describeProvider({
  definition: haiper,
  created: (idJson) => `{"taskId":${idJson}}`,
  refused: (status, message) => JSON.stringify({ code: `${status}`, message }),
  looked: (status) => task({ status }),
  words: { queued: ['PENDING'], running: ['IN_PROGRESS'] },
  succeeded: [readFixture('haiper/task-success')],
  succeededWithoutUrl: [
    [task({ status: 'SUCCESS', progress: 1 })],
    [task({ status: 'SUCCESS', mediaUrl: ' ' })],
    [JSON.stringify({ status: 'SUCCESS', mediaUrl: null })],
    [JSON.stringify({ status: 'SUCCESS' })],
  ],
  failed: (message) => task({ status: 'FAIL', message }),
});
