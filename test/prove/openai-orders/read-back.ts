import type OpenAI from 'openai';
import * as z from 'zod';
import { sha256 } from '../../../shared/ids.ts';

const videoSchema = z.object({
  id: z.string(),
  prompt: z.string(),
  status: z.string(),
  gateway: z.object({ result: z.object({ sha256: z.string() }).nullable() }),
});
export type ListedVideo = z.infer<typeof videoSchema>;

const atOnce = 20;

/** Every video of the account, page by page. */
export async function listVideos(client: OpenAI): Promise<readonly ListedVideo[]> {
  const videos: ListedVideo[] = [];
  for await (const video of client.videos.list({ limit: 100 })) videos.push(videoSchema.parse(video));
  return videos;
}

/** What is wrong with the videos as the client reads them one by one, and with the bytes of the completed ones. */
export async function readBack(client: OpenAI, videos: readonly ListedVideo[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const turns = videos.values();
  const read = async () => {
    for (const video of turns) problems.push(...(await judge(client, video)));
  };
  await Promise.all(Array.from({ length: atOnce }, read));
  return problems;
}

async function judge(client: OpenAI, video: ListedVideo): Promise<string[]> {
  const { id, status, gateway } = video;
  const retrieved = videoSchema.parse(await client.videos.retrieve(id));
  if (retrieved.status !== status) return [`${id} is ${status} in the list and ${retrieved.status} alone`];
  if (status !== 'completed') return [];
  const content = await client.videos.downloadContent(id);
  const digest = sha256(new Uint8Array(await content.arrayBuffer()));
  return digest === gateway.result?.sha256 ? [] : [`The bytes of ${id} are not those that were archived`];
}
