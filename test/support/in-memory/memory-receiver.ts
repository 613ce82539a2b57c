import type { SafePost } from '../../../shared/media/safe-post.ts';

/** Where customers let webhooks be sent; only the receiver's own `post` reaches it. */
export const receiverUrl = 'https://receiver.example/webhooks';

/** A customer's server, which is down whenever a message comes for the first time. */
export interface MemoryReceiver {
  readonly post: SafePost;
  /** The ids of the messages in the order in which they came, each as often as it came. */
  received(): readonly string[];
}

export function createMemoryReceiver(): MemoryReceiver {
  const received: string[] = [];
  return {
    async post(_, { headers }) {
      const id = headers['webhook-id'] ?? '';
      const status = received.includes(id) ? 204 : 503;
      received.push(id);
      return { status, headers: {}, text: '' };
    },
    received: () => received,
  };
}
