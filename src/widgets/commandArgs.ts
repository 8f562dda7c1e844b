/** The arguments of a command that has none. */
export const NO_ARGS = { type: 'object', properties: {} };

/** The arguments of a command that acts on a cluster. */
export const CLUSTER_ARGS = {
  type: 'object',
  properties: {
    cluster: {
      type: 'string',
      description:
        'The name of the cluster; where it is missing, the selected one.'
    }
  }
};

/** The arguments of a command that acts on a job. */
export const JOB_ARGS = {
  type: 'object',
  required: ['job'],
  properties: {
    job: { type: 'string', description: 'The name of the job.' }
  }
};
