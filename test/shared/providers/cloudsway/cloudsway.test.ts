import { cloudsway } from '../../../../shared/providers/cloudsway/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { describeProvider } from '../describe-provider.ts';

const success = readFixture('cloudsway/task-success');

describeProvider({
  definition: cloudsway,
  created: (idJson) => `{"taskId":${idJson}}`,
  refused: (status, message) => JSON.stringify({ code: `${status}`, message }),
  looked: (status) => JSON.stringify({ status, file_id: '', task_id: '244785605570723' }),
  words: { queued: ['Preparing', 'Queueing'], running: ['Processing'] },
  succeeded: [success, readFixture('cloudsway/file')],
  succeededWithoutUrl: [
    [JSON.stringify({ status: 'Success', file_id: '' })],
    [JSON.stringify({ status: 'Success', fileId: ' ' })],
    [success, JSON.stringify({ fileId: '243456265392387', mediaUrl: '' })],
    [success, JSON.stringify({ fileId: '243456265392387' })],
  ],
  failed: (message) =>
    JSON.stringify({ status: 'Fail', file_id: '', base_resp: { status_code: 1000, status_msg: message } }),
});
