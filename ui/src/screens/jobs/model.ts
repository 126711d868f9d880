/** Jobs: how one looks, and which are shown. */
import type { Job } from '../../gate/cloud';
import type { Tone } from '../../parts/Status';

/** How a job's state looks and is called. */
export function stateOf(job: Partial<Job>): { tone: Tone; word: string } {
  switch (job.jobState) {
    case 'Succeeded':
      return { tone: 'good', word: 'Succeeded' };
    case 'Failed':
      return { tone: 'bad', word: 'Failed' };
    case 'Running':
      return { tone: 'running', word: 'Running' };
    case 'Starting':
      return { tone: 'running', word: 'Starting' };
    default:
      return { tone: 'idle', word: job.jobState ?? 'Unknown' };
  }
}

/** The jobs of this state with these words. */
export function shownJobs(all: readonly Job[], q: string, state: string): Job[] {
  const words = q.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((job) => {
    if (state !== '' && job.jobState !== state) return false;
    const text = `${job.name}\n${job.id}\n${job.account}\n${job.location}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
