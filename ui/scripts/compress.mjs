/** Writes each file of the build once more as `.br` and `.gz`, for browsers to get as it is; small ones are left alone. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LEAST = 1024;
const root = process.argv[2] ?? new URL('../dist/', import.meta.url).pathname;
const files = await readdir(root, { recursive: true, withFileTypes: true });
const texts = files.filter((file) => file.isFile() && /\.(js|css|svg|json)$/.test(file.name));
await Promise.all(
  texts.map(async (file) => {
    const path = join(file.parentPath, file.name);
    const text = await readFile(path);
    if (text.length < LEAST) return;
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } };
    await writeFile(`${path}.br`, brotliCompressSync(text, brotli));
    await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
  }),
);
