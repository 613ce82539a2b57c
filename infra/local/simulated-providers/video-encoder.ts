import { parentPort, workerData } from 'node:worker_threads';
import encoders from 'h264-mp4-encoder';
import { type VideoShape, videoShapeSchema } from './video-maker.ts';

/** A worker thread that encodes one film of the shape in its `workerData` and posts the bytes of the mp4. */

/** Enough to see motion; each frame of 1280×720 takes about 20 ms to encode. */
const framesPerSecond = 10;

async function encodeFilm(shape: VideoShape): Promise<Uint8Array> {
  const encoder = await encoders.createH264MP4Encoder();
  encoder.width = shape.width;
  encoder.height = shape.height;
  encoder.frameRate = framesPerSecond;
  encoder.speed = 10;
  encoder.quantizationParameter = 36;
  // The encoder writes no table of key frames: players can seek only if every frame is one.
  encoder.groupOfPictures = 1;
  encoder.initialize();
  const frameCount = shape.seconds * framesPerSecond;
  for (let frame = 0; frame < frameCount; frame += 1)
    encoder.addFrameYuv(drawFrame(shape, frame / frameCount));
  encoder.finalize();
  return encoder.FS.readFile(encoder.outputFilename);
}

/** A frame in planar YUV 4:2:0 at `moment` (0 to 1): a dusk sky with a sun that crosses it. */
function drawFrame({ width, height }: VideoShape, moment: number): Uint8Array {
  const luma = width * height;
  const frame = new Uint8Array((luma * 3) / 2);
  for (let row = 0; row < height; row += 1) {
    frame.fill(30 + (row / height) * 120 + moment * 40, row * width, (row + 1) * width);
  }
  for (let row = 0; row < height / 2; row += 1) {
    const [u, v] = [luma + (row * width) / 2, (luma * 5) / 4 + (row * width) / 2];
    frame.fill(150 - (row / height) * 60, u, u + width / 2);
    frame.fill(110 + (row / height) * 90 * moment, v, v + width / 2);
  }
  drawSun(frame, { width, height }, moment);
  return frame;
}

function drawSun(frame: Uint8Array, { width, height }: Omit<VideoShape, 'seconds'>, moment: number) {
  const radius = Math.min(width, height) / 6;
  const centerX = radius + (width - 2 * radius) * moment;
  const centerY = height / 2 - Math.sin(moment * Math.PI) * (height / 2 - radius);
  for (let row = Math.ceil(centerY - radius); row < centerY + radius; row += 1) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (row - centerY) ** 2));
    frame.fill(235, row * width + Math.round(centerX - half), row * width + Math.round(centerX + half));
  }
}

parentPort?.postMessage(await encodeFilm(videoShapeSchema.parse(workerData)));
